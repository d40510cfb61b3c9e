import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import type { Store } from "../store/contract.ts";
import { readStore } from "./store-view.ts";

const NOW = Date.UTC(2026, 0, 1, 12);
const BLOCKED_S = 60;

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open({ clock: () => NOW });
	await store.clusters.adopt("a:3306", ["a:3306", "b:3306"]);
	await store.clusters.adopt("x:3306", ["x:3306", "y:3306"]);
});
afterEach(() => stores.remove());

/** Which clusters may be acted on at that time. */
const actedOn = async (
	atMs = NOW,
	isAutomatic: (cluster: { name: string }) => boolean = () => true,
): Promise<string[]> => {
	const { views } = await readStore(
		store,
		{
			candidateExpiryMs: 1_000,
			aliasByName: () => "",
			isAutomatic,
			blockPeriods: { RecoveryPeriodBlockSeconds: BLOCKED_S },
		},
		atMs,
	);
	return views
		.filter(({ view }) => view.mayAct)
		.map(({ identity }) => identity)
		.sort();
};

const recovered = async (
	end: { readonly isIdle?: boolean } | undefined,
): Promise<void> => {
	await store.recoveries.open({
		uid: "u",
		identity: "a:3306",
		instance: "a:3306",
		analysis: "DeadMaster",
		clusterName: "a:3306",
		clusterAlias: "",
		replicas: ["b:3306"],
		detectionId: 1,
		nowMs: NOW - 1_000,
	});
	if (end !== undefined)
		await store.recoveries.resolve("u", {
			isSuccessful: false,
			successor: "",
			successorAlias: "",
			participating: [],
			lostReplicas: [],
			errors: [],
			nowMs: NOW,
			...end,
		});
};

describe("a cluster may be acted on", () => {
	it("where nothing speaks against it", async () => {
		expect(await actedOn()).toEqual(["a:3306", "x:3306"]);
	});

	it("where the filter names it", async () => {
		expect(await actedOn(NOW, ({ name }) => name === "x:3306")).toEqual([
			"x:3306",
		]);
	});

	it("not while recoveries are disabled globally", async () => {
		await store.recoveries.setGloballyDisabled(true);
		expect(await actedOn()).toEqual([]);
		await store.recoveries.setGloballyDisabled(false);
		expect(await actedOn()).toHaveLength(2);
	});

	it("not while an earlier recovery of it blocks another one: until the period is over", async () => {
		await recovered({});
		expect(await actedOn()).toEqual(["x:3306"]);
		expect(await actedOn(NOW + BLOCKED_S * 1_000 - 1_000)).toEqual(["x:3306"]);
		expect(await actedOn(NOW + BLOCKED_S * 1_000 - 999)).toHaveLength(2);
	});

	it("or until somebody has acknowledged it", async () => {
		await recovered({});
		await store.recoveries.acknowledge({
			uid: "u",
			owner: "me",
			comment: "seen",
			nowMs: NOW,
		});
		expect(await actedOn()).toHaveLength(2);
	});

	it("also when a recovery has changed nothing, or still runs: its end would look like the end of a block", async () => {
		await recovered(undefined);
		expect(await actedOn()).toHaveLength(2);
		await recovered({ isIdle: true });
		expect(await actedOn()).toHaveLength(2);
	});

	it("not when it has been given a primary lately that was another cluster's", async () => {
		await recovered(undefined);
		await store.recoveries.resolve("u", {
			isSuccessful: true,
			successor: "y:3306",
			successorAlias: "",
			participating: [],
			lostReplicas: [],
			errors: [],
			nowMs: NOW,
		});
		expect(await actedOn()).toEqual([]);
	});
});
