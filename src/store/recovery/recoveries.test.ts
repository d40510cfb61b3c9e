import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { Store } from "../contract.ts";

const T0 = Date.UTC(2026, 0, 1, 12, 0, 0, 250);
const MINUTE = 60_000;

let stores: TemporaryStores;
let store: Store;
let nowMs: number;
beforeEach(async () => {
	nowMs = T0;
	stores = temporaryStores();
	store = await stores.open({
		clock: () => nowMs,
		node: { hostname: "node1", token: "t1" },
	});
});
afterEach(() => stores.remove());

type Detected = Parameters<Store["detections"]["register"]>[0];
type Opening = Parameters<Store["recoveries"]["open"]>[0];
type Outcome = Parameters<Store["recoveries"]["resolve"]>[1];

const detection = (change: Partial<Detected> = {}): Detected => ({
	instance: "db1:3306",
	analysis: "DeadMaster",
	clusterName: "db1:3306",
	clusterAlias: "shop",
	replicas: ["db2:3306", "db3:3306"],
	isActionable: true,
	nowMs: T0,
	...change,
});

const opening = (uid: string, change: Partial<Opening> = {}): Opening => ({
	uid,
	identity: "db1:3306",
	instance: "db1:3306",
	analysis: "DeadMaster",
	clusterName: "db1:3306",
	clusterAlias: "shop",
	replicas: ["db2:3306"],
	detectionId: 0,
	nowMs: T0,
	...change,
});

const outcome = (change: Partial<Outcome> = {}): Outcome => ({
	isSuccessful: true,
	successor: "db2:3306",
	successorAlias: "two",
	participating: ["db2:3306", "db3:3306"],
	lostReplicas: ["db4:3306"],
	errors: ["one\nline", "two"],
	nowMs: T0 + 1500,
	...change,
});

const acknowledgement = { owner: "ann", comment: "seen", nowMs: T0 + 5000 };

describe("detections", () => {
	it("are registered once an instance and actionable flag, whatever the code", async () => {
		const { detections } = store;
		const first = await detections.register(detection());
		expect(first).toEqual({ id: 1, isNew: true });
		expect(await detections.register(detection({ analysis: "Other" }))).toEqual(
			{ id: 1, isNew: false },
		);
		expect(
			await detections.register(detection({ isActionable: false })),
		).toEqual({ id: 2, isNew: true });
		await detections.setVerdict(1, "recovered");
		const recovery = await store.recoveries.open(
			opening("u1", { detectionId: 1 }),
		);
		expect(await detections.page({ page: 0 })).toEqual([
			expect.objectContaining({
				id: 2,
				isActionable: false,
				relatedRecoveryId: 0,
			}),
			{
				id: 1,
				instance: "db1:3306",
				analysis: "DeadMaster",
				clusterName: "db1:3306",
				clusterAlias: "shop",
				countReplicas: 2,
				replicas: ["db2:3306", "db3:3306"],
				isActionable: true,
				startedAtMs: T0,
				isActive: true,
				processingNode: "node1",
				processingToken: "t1",
				relatedRecoveryId: recovery.id,
				verdict: "recovered",
			},
		]);
		expect(await detections.page({ page: 0, id: 1 })).toHaveLength(1);
		expect(await detections.page({ page: 0, clusterAlias: "none" })).toEqual(
			[],
		);
	});

	it("end by age or by hand, any number of times in one second", async () => {
		const { detections } = store;
		for (let count = 1; count <= 3; count++) {
			expect(await detections.register(detection())).toEqual({
				id: count,
				isNew: true,
			});
			await detections.endFor("db1:3306");
		}
		await detections.register(detection());
		await detections.expire(T0);
		expect(await detections.register(detection())).toEqual({
			id: 4,
			isNew: false,
		});
		await detections.expire(T0 + MINUTE);
		expect(
			(await detections.page({ page: 0 })).map((each) => each.isActive),
		).toEqual([false, false, false, false]);
	});

	it("come twenty a page, newest first", async () => {
		for (let port = 1; port <= 25; port++)
			await store.detections.register(detection({ instance: `h:${port}` }));
		const ids = async (page: number) =>
			(await store.detections.page({ page })).map((each) => each.id);
		expect((await ids(0))[0]).toBe(25);
		expect(await ids(0)).toHaveLength(20);
		expect(await ids(1)).toEqual([5, 4, 3, 2, 1]);
	});
});

describe("a recovery", () => {
	it("is opened once a uid, and resolved", async () => {
		const { recoveries } = store;
		const opened = await recoveries.open(opening("u1", { detectionId: 7 }));
		expect(await recoveries.open(opening("u1", { nowMs: T0 + 9999 }))).toEqual(
			opened,
		);
		expect(opened).toMatchObject({
			isActive: true,
			endedAtMs: 0,
			successor: "",
			errors: [],
			startedAtMs: T0,
		});
		await recoveries.resolve("u1", outcome());
		await store.close();
		store = await stores.open();
		expect(await store.recoveries.list({ uid: "u1" })).toEqual([
			{
				id: 1,
				uid: "u1",
				identity: "db1:3306",
				instance: "db1:3306",
				analysis: "DeadMaster",
				clusterName: "db1:3306",
				clusterAlias: "shop",
				countReplicas: 1,
				replicas: ["db2:3306"],
				isActive: true,
				startedAtMs: T0,
				endedAtMs: T0 + 1500,
				isSuccessful: true,
				successor: "db2:3306",
				successorAlias: "two",
				participating: ["db2:3306", "db3:3306"],
				lostReplicas: ["db4:3306"],
				errors: ["one line", "two"],
				acknowledged: false,
				acknowledgedAtMs: 0,
				acknowledgedBy: "",
				acknowledgedComment: "",
				lastDetectionId: 7,
				processingNode: "node1",
				processingToken: "t1",
			},
		]);
	});

	it("of the same instance is refused while one runs, and replaces one that has ended", async () => {
		const { recoveries } = store;
		await recoveries.open(opening("u1"));
		await expect(recoveries.open(opening("u2"))).rejects.toMatchObject({
			code: "Refused",
		});
		await recoveries.resolve("u1", outcome());
		await recoveries.open(opening("u2"));
		expect((await recoveries.active({})).map((each) => each.uid)).toEqual([
			"u2",
		]);
	});

	it("is found while active: by identity, name or successor", async () => {
		const { recoveries } = store;
		await recoveries.open(opening("u1"));
		await recoveries.resolve("u1", outcome());
		await recoveries.open(
			opening("u2", { identity: "x:1", instance: "x:1", clusterName: "x:1" }),
		);
		const uids = async (input: Parameters<typeof recoveries.active>[0]) =>
			(await recoveries.active(input)).map((each) => each.uid);
		expect(await uids({ identity: "db1:3306" })).toEqual(["u1"]);
		expect(await uids({ successor: "db2:3306" })).toEqual(["u1"]);
		expect(await uids({ clusterName: "x:1" })).toEqual(["u2"]);
		expect(await uids({ identity: "x:1", successor: "db2:3306" })).toEqual([
			"u2",
			"u1",
		]);
		expect(await uids({ identity: "nobody" })).toEqual([]);
	});

	it("leaves its active period by age only when it has ended", async () => {
		const { recoveries } = store;
		await recoveries.open(opening("running"));
		await recoveries.open(opening("ended", { instance: "x:1" }));
		await recoveries.resolve("ended", outcome());
		await recoveries.expire(T0);
		expect(await recoveries.active({})).toHaveLength(2);
		await recoveries.expire(T0 + MINUTE);
		expect((await recoveries.active({})).map((each) => each.uid)).toEqual([
			"running",
		]);
	});

	it("that ended without success leaves it when what stopped it is settled, in that cluster alone", async () => {
		const { recoveries } = store;
		const open = (uid: string, instance: InstanceName, identity: string) =>
			recoveries.open(opening(uid, { instance, identity }));
		await open("failed", "a:1", "a:1");
		await open("good", "a:2", "a:1");
		await open("running", "a:3", "a:1");
		await open("other", "b:1", "b:1");
		await recoveries.resolve("failed", outcome({ isSuccessful: false }));
		await recoveries.resolve("good", outcome());
		await recoveries.resolve("other", outcome({ isSuccessful: false }));
		await recoveries.endUnsuccessful("a:1");
		expect((await recoveries.active({})).map((each) => each.uid)).toEqual([
			"other",
			"running",
			"good",
		]);
	});

	it("is listed by id, name, alias and acknowledgement, newest first", async () => {
		const { recoveries } = store;
		for (const [index, alias] of ["a", "b", "a"].entries())
			await recoveries.open(
				opening(`u${index}`, {
					instance: `h:${index + 1}`,
					clusterName: `${alias}:1`,
					clusterAlias: alias,
				}),
			);
		await recoveries.acknowledge({ uid: "u2", ...acknowledgement });
		const uids = async (filter: Parameters<typeof recoveries.list>[0]) =>
			(await recoveries.list(filter)).map((each) => each.uid);
		expect(await uids({})).toEqual(["u2", "u1", "u0"]);
		expect(await uids({ clusterAlias: "a" })).toEqual(["u2", "u0"]);
		expect(await uids({ clusterName: "a:1", unacknowledged: true })).toEqual([
			"u0",
		]);
		expect(await uids({ id: 2 })).toEqual(["u1"]);
		expect(
			await uids({ ofCluster: { identity: "nobody", clusterAlias: "b" } }),
		).toEqual(["u1"]);
		expect(
			await uids({ ofCluster: { identity: "db1:3306", clusterAlias: "z" } }),
		).toEqual(["u2", "u1", "u0"]);
		expect(await uids({ page: 1 })).toEqual([]);
	});

	it("has its steps in order, to the millisecond", async () => {
		await store.recoveries.addStep("u1", "first", T0);
		await store.recoveries.addStep("u2", "not this", T0);
		await store.recoveries.addStep("u1", "second", T0 + 3);
		expect(await store.recoveries.steps("u1")).toEqual([
			{ id: 1, uid: "u1", atMs: T0, message: "first", identity: "" },
			{ id: 3, uid: "u1", atMs: T0 + 3, message: "second", identity: "" },
		]);
	});

	it("is known by its steps while it runs and afterwards, and by the last of them how it ended", async () => {
		const { operations, recoveries } = store;
		const claimed = await operations.claim({
			identity: "db1:3306",
			workflowId: "w",
			runId: "r",
			kind: "takeover",
			nowMs: T0,
		});
		if (!claimed.claimed) throw new Error("not claimed");
		const { epoch } = claimed;
		expect(await operations.pictureUid("db1:3306")).toBeUndefined();
		await operations.beginPicture(
			"u1",
			{ identity: "db1:3306", epoch },
			{ picture: "{}", revision: "1" },
		);
		expect(await operations.pictureUid("db1:3306")).toBe("u1");
		await recoveries.addStep("u1", "first", T0);
		await recoveries.addStep("u1", "done", T0, "failed");
		await operations.release("db1:3306", "r", "u1");
		await recoveries.addStep("u1", "a hook ran", T0);
		const steps = await recoveries.stepsSince(0);
		expect(steps.map(({ identity, end }) => [identity, end])).toEqual([
			["db1:3306", undefined],
			["db1:3306", "failed"],
			["db1:3306", undefined],
		]);
	});
});

describe("acknowledging", () => {
	beforeEach(async () => {
		await store.detections.register(detection());
		await store.recoveries.open(opening("u1"));
		await store.recoveries.open(
			opening("u2", {
				identity: "x:1",
				instance: "x:1",
				clusterName: "x:1",
				clusterAlias: "",
			}),
		);
	});

	const scopes: [string, object, number, boolean][] = [
		["all", { all: true }, 2, true],
		["a cluster by name", { clusterName: "db1:3306" }, 1, false],
		["a cluster by alias", { clusterAlias: "shop" }, 1, false],
		["a cluster by its identity", { identity: "db1:3306" }, 1, false],
		["an instance", { instance: "db1:3306" }, 1, false],
		["an id", { id: 1 }, 1, true],
		["a uid", { uid: "u1" }, 1, true],
		["an empty alias", { clusterAlias: "" }, 0, true],
		["nothing", {}, 0, true],
	];
	it.each(scopes)("%s", async (_, scope, acknowledged, detectionStays) => {
		const { recoveries, detections } = store;
		expect(await recoveries.acknowledge({ ...scope, ...acknowledgement })).toBe(
			acknowledged,
		);
		expect(await recoveries.acknowledge({ ...scope, ...acknowledgement })).toBe(
			0,
		);
		expect(await recoveries.active({})).toHaveLength(2 - acknowledged);
		expect((await detections.page({ page: 0 }))[0]?.isActive).toBe(
			detectionStays,
		);
		if (acknowledged > 0)
			expect((await recoveries.list({ uid: "u1" }))[0]).toMatchObject({
				acknowledged: true,
				acknowledgedAtMs: T0 + 5000,
				acknowledgedBy: "ann",
				acknowledgedComment: "seen",
				isActive: false,
			});
	});

	it("lets the same instance fail, and be acknowledged, again in the same second", async () => {
		const { recoveries } = store;
		for (const uid of ["u3", "u4"]) {
			await recoveries.acknowledge({
				instance: "db1:3306",
				...acknowledgement,
			});
			await recoveries.open(opening(uid));
		}
		expect(
			await recoveries.acknowledge({ all: true, ...acknowledgement }),
		).toBe(2);
	});
});

describe("blocks and the global switch", () => {
	it("a block is listed until its recovery is acknowledged", async () => {
		const { recoveries } = store;
		const { id } = await recoveries.open(opening("u1"));
		const block = {
			instance: "db2:3306" as const,
			clusterName: "db2:3306",
			analysis: "DeadMaster",
			blockingRecoveryId: id,
		};
		await recoveries.block({ ...block, nowMs: T0 });
		await recoveries.block({ ...block, nowMs: T0 + 2000 });
		const listed = { ...block, lastBlockedAtMs: T0 + 2000 - 250 };
		expect(await recoveries.blocked()).toEqual([listed]);
		expect(await recoveries.blocked("db2:3306")).toEqual([listed]);
		expect(await recoveries.blocked("other")).toEqual([]);
		await recoveries.acknowledge({ uid: "u1", ...acknowledgement });
		expect(await recoveries.blocked()).toEqual([]);
	});

	it("the switch is the reference's row", async () => {
		const { recoveries } = store;
		expect(await recoveries.isGloballyDisabled()).toBe(false);
		await recoveries.setGloballyDisabled(true);
		await recoveries.setGloballyDisabled(true);
		expect(await recoveries.isGloballyDisabled()).toBe(true);
		await stores.sql("delete from global_recovery_disable");
		expect(await recoveries.isGloballyDisabled()).toBe(false);
	});
});

it("rows of another program are read without Baton's side of them", async () => {
	await stores.sql(`insert into topology_recovery (hostname, port, in_active_period, start_active_period, cluster_name, uid, slave_hosts, successor_hostname, successor_port)
		values ('db1', 3306, 1, '2026-01-01 00:00:00', 'db1:3306', 'their', 'db2:3306,,bad,db3:x', null, null)`);
	await stores.sql(
		"insert into topology_failure_detection (hostname, port, in_active_period, start_active_period, analysis) values ('db1', 3306, 1, 'nonsense', 'DeadMaster')",
	);
	await stores.sql(
		"insert into topology_recovery_steps (recovery_uid, audit_at, message) values ('their', '2026-01-01 00:00:01', 'm')",
	);
	expect(
		await store.recoveries.active({ clusterName: "db1:3306" }),
	).toMatchObject([
		{
			uid: "their",
			identity: "",
			startedAtMs: Date.UTC(2026, 0, 1),
			replicas: ["db2:3306"],
			successor: "",
		},
	]);
	expect(await store.detections.page({ page: 0 })).toMatchObject([
		{ startedAtMs: 0, verdict: "" },
	]);
	await store.detections.setVerdict(1, "seen");
	expect(await store.detections.page({ page: 0 })).toMatchObject([
		{ verdict: "seen" },
	]);
	expect(await store.recoveries.steps("their")).toMatchObject([
		{ atMs: Date.UTC(2026, 0, 1, 0, 0, 1) },
	]);
});
