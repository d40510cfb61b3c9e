import { afterEach, beforeEach, expect, it } from "vitest";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import { unknownInstance } from "../../topology/instance.ts";
import type { Downtime } from "../../topology/snapshot.ts";
import type { Store } from "../contract.ts";
import { purgeStore } from "./housekeeping.ts";

const T0 = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const RETENTION = {
	AuditPurgeDays: 7,
	UnseenInstanceForgetHours: 240,
	CandidateInstanceExpireMinutes: 60,
	InstancePoolExpiryMinutes: 60,
	ExpiryHostnameResolvesMinutes: 60,
	AccessTokenExpiryMinutes: 1440,
};

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open({ clock: () => T0 });
});
afterEach(() => stores.remove());

const recovery = {
	uid: "u1",
	identity: "c",
	instance: "db1:3306" as const,
	analysis: "DeadMaster",
	clusterName: "c",
	clusterAlias: "c",
	replicas: [],
	detectionId: 0,
	nowMs: T0,
};

const fill = async () => {
	await store.audit.write({
		atMs: T0,
		type: "t",
		instance: "",
		clusterName: "",
		message: "",
	});
	await store.detections.register({ ...recovery, isActionable: true });
	await store.detections.endFor("db1:3306");
	await store.recoveries.open(recovery);
	await store.recoveries.addStep("u1", "step", T0);
	await store.recoveries.resolve("u1", {
		isSuccessful: true,
		successor: "db2:3306",
		successorAlias: "",
		participating: [],
		lostReplicas: [],
		errors: [],
		nowMs: T0,
	});
	await store.recoveries.expire(T0 + MINUTE);
	await store.nodes.beat({
		hostname: "n1",
		token: "t",
		command: "http",
		nowMs: T0,
	});
	const unknown = unknownInstance("db1", 3306);
	await store.inventory.save([
		{
			...unknown,
			check: { ...unknown.check, outcome: "ok", checkedAtMs: T0, seenAtMs: T0 },
			selfCoordinates: { file: "binlog.1", position: 4 },
		},
	]);
	await store.clusters.setSuggestedAlias("c", "orders");
	await store.clusters.setDomain("c", "orders.example");
	for (const analysis of ["NoProblem", "DeadMaster"])
		await store.changelog.note([{ instance: "db1:3306", analysis }], T0);
	await store.stalePositions.note("x:1", { file: "b", position: 1 }, T0);
	await store.positionHistory.record(await store.inventory.all(), T0);
	const at = { file: "b", position: 1 };
	await store.equivalences.record(
		{ server: "x:1", at },
		{ server: "y:1", at },
		T0,
	);
	await store.candidates.register("db1:3306", "prefer", T0);
	await store.pools.submit("web", ["db1:3306", "db2:3306"], T0);
	const { hostnames } = store;
	await hostnames.saveResolve({ hostname: "a", resolved: "b", atMs: T0 });
	await hostnames.registerUnresolve({ hostname: "a", virtual: "v", atMs: T0 });
	await store.accessTokens.generate("ann", T0);
	const announced: Downtime = {
		instance: "db1:3306",
		owner: "ann",
		reason: "disk",
		beganAtMs: T0,
		endsAtMs: T0 + MINUTE,
	};
	await store.downtimes.begin(announced);
	await store.maintenances.begin({ ...announced, isExplicitlyBounded: true });
};

/** What is past its time, by when it is first removed. */
const TIMETABLE: readonly [number, Record<string, number>][] = [
	[T0 + 5000, {}],
	[T0 + 6000, { nodes: 1 }],
	[T0 + 2 * MINUTE, { downtimes: 1, stalePositions: 1 }],
	[T0 + 5 * MINUTE, { positionHistory: 1 }],
	[T0 + HOUR, {}],
	[
		T0 + HOUR + 1000,
		{ clusterDomains: 1, candidates: 1, poolMembers: 2, hostnameUnresolves: 1 },
	],
	[T0 + 2 * HOUR + 1000, { hostnameResolves: 1 }],
	[T0 + DAY + 1000, { accessTokens: 1 }],
	[
		T0 + 7 * DAY + 1000,
		{ audit: 1, detections: 1, recoveries: 1, recoverySteps: 1 },
	],
	[T0 + 7 * DAY + 2 * MINUTE, { maintenances: 1 }],
	[
		T0 + 240 * HOUR + 1000,
		{
			nodeHistory: 1,
			instances: 1,
			clusterAliases: 1,
			analysisChanges: 1,
			equivalences: 1,
		},
	],
	[T0 + 1000 * DAY, {}],
];

it("everything goes at its time and not before", async () => {
	await fill();
	for (const [atMs, removed] of TIMETABLE)
		expect(
			await purgeStore(store, RETENTION, atMs),
			new Date(atMs).toISOString(),
		).toEqual(removed);
	expect(await store.recoveries.list({})).toEqual([]);
	expect(await store.detections.page({ page: 0 })).toEqual([]);
	expect(await store.recoveries.steps("u1")).toEqual([]);
});

it("what is active is never removed, however old it is", async () => {
	await store.detections.register({ ...recovery, isActionable: true });
	await store.recoveries.open(recovery);
	await store.maintenances.begin({
		instance: "db1:3306",
		owner: "ann",
		reason: "disk",
		beganAtMs: T0,
		endsAtMs: 0,
		isExplicitlyBounded: true,
	});
	expect(await purgeStore(store, RETENTION, T0 + 1000 * DAY)).toEqual({});
});

it("what a recovery blocked goes with its active period", async () => {
	const { recoveries } = store;
	const { id } = await recoveries.open(recovery);
	await recoveries.block({
		instance: "db9:3306",
		clusterName: "c",
		analysis: "DeadMaster",
		blockingRecoveryId: id,
		nowMs: T0,
	});
	const rows = () =>
		stores.sql("select hostname from blocked_topology_recovery");
	await purgeStore(store, RETENTION, T0);
	expect(await rows()).toEqual([{ hostname: "db9" }]);
	await recoveries.resolve("u1", {
		isSuccessful: false,
		successor: "",
		successorAlias: "",
		participating: [],
		lostReplicas: [],
		errors: [],
		nowMs: T0,
	});
	await recoveries.expire(T0 + MINUTE);
	await purgeStore(store, RETENTION, T0);
	expect(await rows()).toEqual([]);
});

it("a time of 0 keeps for ever", async () => {
	await fill();
	const forever = Object.fromEntries(
		Object.keys(RETENTION).map((key) => [key, 0]),
	) as unknown as typeof RETENTION;
	const removed = await purgeStore(store, forever, T0 + 1000 * DAY);
	expect(removed).not.toHaveProperty("instances");
	expect(removed).not.toHaveProperty("audit");
	expect(removed).not.toHaveProperty("poolMembers");
	expect(await store.inventory.names()).toEqual(["db1:3306"]);
});
