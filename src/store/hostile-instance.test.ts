/** What a hostile server told, all the way: placed, analysed, stored, read by whoever asks. Nothing of it may crash or hold up a neighbour. */
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { analyse } from "../analysis/analysis.ts";
import { ANALYSIS_DEFAULTS } from "../analysis/facts.ts";
import { doubtfulSnapshots, snapshotsOfStore } from "../analysis/from-store.ts";
import { consider } from "../analysis/why.ts";
import { derive } from "../topology/derive.ts";
import { errantAgainst } from "../topology/gtid/errant.ts";
import {
	type Instance,
	type ThreadState,
	unknownInstance,
} from "../topology/instance.ts";
import {
	isProblematic,
	lagWordOf,
	problemsOf,
	statusOf,
} from "../topology/status.ts";
import { buildTree } from "../topology/tree.ts";
import type { Store } from "./contract.ts";
import { type TemporaryStores, temporaryStores } from "./temporary-store.ts";

const NOW = Date.UTC(2026, 0, 1, 12);

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open({ clock: () => NOW });
});
afterEach(() => stores.remove());

const text = fc.oneof(
	fc.string({ unit: "binary", maxLength: 12 }),
	fc.constantFrom(
		"",
		"\ud800",
		"é日本🙂",
		"\0",
		"x".repeat(300),
		"x".repeat(70_000),
		"'; drop table database_instance; --",
		"0000-00-00 00:00:00",
		"3E11FA47-71CA-11E1-9E33-C80AA9429562:1-",
		"3E11FA47-71CA-11E1-9E33-C80AA9429562:5-3:tag:1-99999999999999999999",
		"0-1-100,x",
		"mysql-bin.999999999999",
	),
);

const number = fc.oneof(
	fc.integer(),
	fc.double({ noNaN: true, noDefaultInfinity: true }),
	fc.constantFrom(0, -1, 1, 2 ** 31, 2 ** 53, 2 ** 64, 1e308, 0.5),
);

const time = fc.oneof(
	fc.constantFrom(0, -1, NOW, NOW - 10_000, NOW + 1, 8.64e15, 1e18, 0.5),
	number,
);

const host = fc.constantFrom("db1", "db2", "db3", "//db1", "_", "", "::1");

const replication = fc.record({
	channel: text,
	sourceHost: host,
	sourcePort: fc.constantFrom(0, 3306, 65_535),
	sourceUuid: text,
	user: text,
	receiver: fc.constantFrom<ThreadState>(-1, 0, 1, 2),
	applier: fc.constantFrom<ThreadState>(-1, 0, 1, 2),
	readCoordinates: fc.record({ file: text, position: number }),
	execCoordinates: fc.record({ file: text, position: number }),
	relayCoordinates: fc.record({ file: text, position: number }),
	retrievedGtid: text,
	lastReceiverError: text,
	lastReceiverErrno: number,
	lastApplierError: text,
	secondsBehind: fc.option(number),
	sqlDelaySeconds: number,
	usingOracleGtid: fc.boolean(),
	usingMariadbGtid: fc.boolean(),
	hasFilters: fc.boolean(),
	allowTls: fc.boolean(),
	heartbeatPeriodSeconds: number,
	silentForMs: fc.option(number),
	heartbeats: fc.option(number),
});

const said = fc.record(
	{
		check: fc.record({
			outcome: fc.constantFrom(
				"ok" as const,
				"unknown" as const,
				"lost" as const,
				"refused-by-server" as const,
			),
			checkedAtMs: time,
			attemptedAtMs: time,
			seenAtMs: time,
			partialSuccess: fc.boolean(),
			error: text,
			// Measured here.
			latencyMs: fc.nat(),
		}),
		uptimeSeconds: number,
		serverId: number,
		serverUuid: text,
		version: text,
		versionComment: text,
		majorVersion: text,
		readOnly: fc.boolean(),
		logBin: fc.boolean(),
		logReplicaUpdates: fc.boolean(),
		binlogFormat: text,
		binlogRowImage: text,
		selfCoordinates: fc.record({ file: text, position: number }),
		gtidMode: text,
		executedGtid: text,
		binlogGtidState: text,
		purgedGtid: text,
		errantGtid: text,
		replication,
		otherChannels: fc.array(replication, { maxLength: 2 }),
		semiSync: fc.record({
			available: fc.boolean(),
			sourceEnabled: fc.boolean(),
			sourceActive: fc.boolean(),
			sourceTimeoutMs: number,
			waitForReplicaCount: number,
			waitPoint: text,
			clients: number,
			replicaEnabled: fc.boolean(),
			replicaActive: fc.boolean(),
			priority: number,
		}),
		group: fc.record({
			name: text,
			singlePrimary: fc.boolean(),
			memberState: text,
			memberRole: fc.oneof(text, fc.constant("PRIMARY")),
			members: fc.constantFrom([], ["db1:3306", "db2:3306"]),
			primary: fc.constantFrom("", "db1:3306", "db3:3306"),
		}),
		replicas: fc.constantFrom([], ["db1:3306", "::1:3306"]),
		lagSeconds: fc.option(number),
		isBinlogServer: fc.boolean(),
		usingPseudoGtid: fc.boolean(),
		dataCenter: text,
		region: text,
		environment: text,
		instanceAlias: text,
		suggestedClusterAlias: text,
		clusterDomain: text,
		findings: fc.array(
			fc.record({ about: text, privilege: text, says: text }),
			{
				maxLength: 2,
			},
		),
	},
	{ requiredKeys: [] },
);

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
			fc.array(said, { minLength: 1, maxLength: 3 }),
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
