/** What a hostile server told, all the way: placed, analysed, stored, read by whoever asks. Nothing of it may crash or hold up a neighbour. */
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { hostileServer } from "../../../test/support/hostile-server.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import { analyse } from "../../analysis/analysis.ts";
import { ANALYSIS_DEFAULTS } from "../../analysis/facts.ts";
import { consider } from "../../analysis/why.ts";
import {
	doubtfulSnapshots,
	snapshotsOfStore,
} from "../../reading/snapshots-of-store.ts";
import { derive } from "../../topology/derive.ts";
import { errantAgainst } from "../../topology/gtid/errant.ts";
import { type Instance, unknownInstance } from "../../topology/instance.ts";
import {
	isProblematic,
	lagWordOf,
	problemsOf,
	statusOf,
} from "../../topology/status.ts";
import { buildTree } from "../../topology/tree.ts";
import type { Store } from "../contract.ts";

const NOW = Date.UTC(2026, 0, 1, 12);

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open({ clock: () => NOW });
});
afterEach(() => stores.remove());

const LIMITS = {
	nowMs: NOW,
	pollSeconds: 5,
	reasonableLagSeconds: 10,
	maintenanceLagSeconds: 20,
};

const readAll = (instances: readonly Instance[]): void => {
	buildTree(instances);
	for (const each of instances) {
		problemsOf(each, LIMITS);
		isProblematic(each, LIMITS);
		statusOf(each, LIMITS);
		lagWordOf(each, LIMITS);
		for (const other of instances) errantAgainst(each, other);
	}
};

it("is placed, analysed, stored and read without failing, and its neighbour with it", async () => {
	const neighbour: Instance = {
		...unknownInstance("sound", 3306),
		clusterName: "sound:3306",
	};
	await fc.assert(
		fc.asyncProperty(
			fc.array(hostileServer, { minLength: 1, maxLength: 3 }),
			fc.integer({ min: 1, max: 4_000_000 }),
			async (servers, uptimeSeconds) => {
				const instances = derive(
					servers.map((each, index) => ({
						...unknownInstance(`db${index + 1}`, 3306),
						...(each as Partial<Instance>),
					})),
				);
				readAll(instances);
				const seen: Instance = {
					...neighbour,
					uptimeSeconds,
					check: {
						...neighbour.check,
						outcome: "ok",
						checkedAtMs: NOW,
						attemptedAtMs: NOW,
						seenAtMs: NOW,
					},
				};
				await store.inventory.save([...instances, seen]);
				const stored = await store.inventory.all();
				expect(stored.find(({ name }) => name === seen.name)).toMatchObject({
					uptimeSeconds,
				});
				expect(stored.length).toBeGreaterThan(instances.length);
				expect(JSON.parse(JSON.stringify(stored))).toEqual(stored);
				readAll(stored);
				for (const snapshot of [
					...(await snapshotsOfStore(store, NOW)),
					...(await doubtfulSnapshots(store, ANALYSIS_DEFAULTS, NOW)),
				])
					for (const entry of analyse(snapshot, ANALYSIS_DEFAULTS))
						consider(entry.facts);
				await store.positionHistory.record(stored, NOW);
				await store.changelog.note(
					[{ instance: seen.name, analysis: "DeadMaster" }],
					NOW,
				);
			},
		),
		{ numRuns: 60 },
	);
});

it("a name that no column holds is refused with the reason, and holds up nobody", async () => {
	const long = unknownInstance("h".repeat(300), 3306);
	const seen = unknownInstance("sound", 3306);
	await store.inventory.save([long, seen]).catch((error: unknown) => {
		expect(error).toMatchObject({ code: "BadInput" });
	});
	expect(await store.inventory.names()).toContain("sound:3306");
});
