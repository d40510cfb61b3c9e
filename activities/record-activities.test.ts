import pino from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { documentedDefaults, withValues } from "../src/config/keys.ts";
import type { Claim, Conclusion } from "../src/engine/contract.ts";
import { createCredentials } from "../src/engine/credentials.ts";
import type { OperationHookContext } from "../src/engine/hook-context.ts";
import type { Ending } from "../src/engine/outcome.ts";
import { createPictures } from "../src/engine/pictures.ts";
import { excludedNote, rankedNote } from "../src/planning/choice-notes.ts";
import type { Store } from "../src/store/contract.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { NO_MARK } from "../src/topology/server-mark.ts";
import {
	replica,
	server,
	snapshotOf,
} from "../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../test/support/temporary-stores.ts";
import { createRecordActivities } from "./record-activities.ts";

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const activities = (log = pino({ level: "silent" })) =>
	createRecordActivities({
		store,
		config: () => withValues(documentedDefaults(), { AuditToBackendDB: true }),
		log,
		nowMs: () => Date.UTC(2026, 0, 1),
		pictures: createPictures(store.operations),
		credentials: createCredentials(),
	} as unknown as Parameters<typeof createRecordActivities>[0]);

const claimed = async (uid: string): Promise<Claim> => {
	const identity = await store.clusters.adopt("a:3306", ["a:3306", "b:3306"]);
	const held = await store.operations.current(identity);
	const asked = await store.operations.claim({
		identity,
		workflowId: "w",
		runId: uid,
		kind: "takeover",
		nowMs: 1,
		...(held === undefined ? {} : { preempt: held.runId }),
	});
	const epoch = asked.claimed ? asked.epoch : 0;
	return { identity, epoch, uid, workflowId: "w", runId: uid };
};

const conclusion = (claim: Claim, ending: Partial<Ending>): Conclusion => ({
	claim,
	request: { kind: "takeover", cluster: "a:3306", to: "b:3306" },
	about: { clusterName: "a:3306", clusterAlias: "", subject: "a:3306" },
	isRecorded: false,
	ending: {
		state: "succeeded",
		says: "",
		changed: true,
		left: [],
		failed: [],
		notes: [],
		errors: [],
		loss: "",
		successor: "b:3306",
		steps: [],
		...ending,
	},
});

it("waits for the return of an old primary that a takeover could not move", async () => {
	const { conclude } = activities();
	await conclude(conclusion(await claimed("u"), {}));
	expect(await store.fences.open()).toEqual([]);
	const failed = [{ name: "a:3306", reason: "gone" }] as const;
	await conclude(conclusion(await claimed("v"), { failed }));
	expect(await store.fences.open()).toMatchObject([
		{
			instance: "a:3306",
			successor: "b:3306",
			state: "waiting",
			note: "gone",
		},
	]);
});

it("ends the record of an operation that was cut off, also when the next one is refused", async () => {
	const { identity } = await claimed("u");
	await store.recoveries.open({
		uid: "u",
		identity,
		instance: "a:3306",
		analysis: "DeadMaster",
		clusterName: "a:3306",
		clusterAlias: "",
		replicas: [],
		detectionId: 0,
		nowMs: 1,
	});
	await activities().conclude(
		conclusion(await claimed("v"), { state: "refused", successor: "" }),
	);
	expect(await store.recoveries.list({ uid: "u" })).toMatchObject([
		{ isSuccessful: false, errors: ["cut off before its end"] },
	]);
	const [{ endedAtMs } = { endedAtMs: 0 }] = await store.recoveries.list({});
	expect(endedAtMs).toBeGreaterThan(0);
});

const opened = async (
	{ identity, uid }: Claim,
	{ detectionId }: { readonly detectionId: number },
): Promise<void> => {
	await store.recoveries.open({
		uid,
		identity,
		instance: "a:3306",
		analysis: "DeadMaster",
		clusterName: "a:3306",
		clusterAlias: "",
		replicas: [],
		detectionId,
		nowMs: Date.UTC(2026, 0, 1),
	});
};

it.each([
	[
		"that was cut off",
		async () => {
			await activities().conclude(
				conclusion(await claimed("next"), { state: "refused", successor: "" }),
			);
		},
	],
	[
		"that broke off",
		async ({ identity, runId, uid }: Claim) => {
			await activities().release({ identity, runId, uid, says: "broke off" });
		},
	],
])(
	"an operation %s holds up no failover, but for one that Baton has begun by itself and that failed there before",
	async (_, end) => {
		const blocking: string[][] = [];
		for (const [uid, detectionId] of [
			["takeover", 0],
			["another", 0],
			["first", 7],
			["second", 8],
		] as const) {
			const claim = await claimed(uid);
			await opened(claim, { detectionId });
			await end(claim);
			const active = await store.recoveries.active(claim);
			blocking.push(active.map((each) => each.uid));
			expect((await store.recoveries.list({ uid }))[0]).toMatchObject({
				isSuccessful: false,
				endedAtMs: Date.UTC(2026, 0, 1),
			});
		}
		expect(blocking).toEqual([[], [], [], ["second"]]);
	},
);

it("tried again when another one holds the cluster already, it leaves that one's record alone", async () => {
	const claim = await claimed("u");
	const refused = conclusion(claim, { state: "refused", successor: "" });
	await activities().conclude(refused);
	const { identity } = await claimed("v");
	await store.recoveries.open({
		uid: "v",
		identity,
		instance: "a:3306",
		analysis: "DeadMaster",
		clusterName: "a:3306",
		clusterAlias: "",
		replicas: [],
		detectionId: 0,
		nowMs: 1,
	});
	await activities().conclude(refused);
	expect(await store.recoveries.list({ uid: "v" })).toMatchObject([
		{ endedAtMs: 0 },
	]);
});

it("waits for the return of whoever may have been opened and could not be seen, and knows of it until then", async () => {
	const claim = await claimed("u");
	const pictures = createPictures(store.operations);
	const picture = snapshotOf([server("a", 1)]);
	const hidden = ["b:3306"] as const;
	await pictures.begin(claim, { ...picture, identity: claim.identity, hidden });
	await activities().conclude(
		conclusion(claim, { state: "refused", successor: "" }),
	);
	// As the store has its primary, whom it began with does not matter any more.
	expect(await pictures.left(claim.identity)).toMatchObject({
		closed: hidden,
		clusterName: "a:3306",
	});
	const next = await claimed("v");
	await pictures.begin(next, { ...picture, identity: claim.identity, hidden });
	await activities().primaryChanged({
		claim: next,
		clusterAlias: "",
		change: { from: "a:3306", to: "c:3306", fence: true },
	});
	expect(
		(await store.fences.open()).map((each) => [each.instance, each.state]),
	).toEqual([
		["a:3306", "waiting"],
		["b:3306", "waiting"],
	]);
});

it("leaves the receiver of a server that said nothing any more to the next operation, and nothing where all went well", async () => {
	const pictures = createPictures(store.operations);
	const left = async (uid: string, unsettled: readonly InstanceName[]) => {
		const claim = await claimed(uid);
		const receiving = [{ on: "b:3306", channel: "", applies: true }] as const;
		const picture = snapshotOf([server("a", 1), replica("b", 2)]);
		const { identity } = claim;
		await pictures.begin(claim, { ...picture, identity, receiving });
		const { outcome } = await activities().conclude(
			conclusion(claim, { says: "done", unsettled }),
		);
		return { picture: await pictures.left(identity), says: outcome.says };
	};
	expect(await left("u", ["b:3306"])).toMatchObject({
		picture: { receiving: [{ on: "b:3306" }] },
		says: expect.stringMatching(
			/^done; replication of b:3306 may be stopped: the next operation .* start-replica -i b:3306 does$/,
		),
	});
	expect(await left("v", [])).toEqual({ picture: undefined, says: "done" });
});

it("does not say that a receiver whose source was replaced is started again: it is relocated", async () => {
	const pictures = createPictures(store.operations);
	const claim = await claimed("u");
	const { identity } = claim;
	await pictures.begin(claim, {
		...snapshotOf([server("a", 1), replica("c", 3)]),
		identity,
		receiving: [{ on: "c:3306", channel: "", applies: true, source: "a:3306" }],
	});
	const { outcome } = await activities().conclude(
		conclusion(claim, { says: "done", unsettled: ["c:3306"] }),
	);
	expect(outcome.says).toBe("done");
});

it("frees the cluster when nobody can take its picture for that of one that was cut off any more", async () => {
	const claim = await claimed("u");
	const pictures = createPictures(store.operations);
	await pictures.begin(
		claim,
		snapshotOf([server("a", 1)], { identity: claim.identity }),
	);
	const left: unknown[] = [];
	const { release } = store.operations;
	store = {
		...store,
		operations: {
			...store.operations,
			release: async (...freed) => {
				await release(...freed);
				left.push(await store.operations.leftPicture(claim.identity));
			},
		},
	};
	await activities().conclude(conclusion(claim, { state: "refused" }));
	expect(left).toEqual([undefined]);
});

it("announces a new primary by its name, its key-value pairs and as the writer of the domain", async () => {
	const { primaryChanged } = activities();
	const claim = await claimed("u");
	const { identity } = claim;
	const announce = (from: InstanceName, to: InstanceName, fence: boolean) =>
		primaryChanged({
			claim,
			clusterAlias: "shop",
			change: { from, to, fence },
		});
	await announce("a:3306", "b:3306", true);
	expect(await store.keyValues.get("mysql/master/shop")).toBe("b:3306");
	expect(await store.fences.get("a:3306")).toMatchObject({ state: "waiting" });
	expect(await stores.sql("SELECT * FROM host_attributes")).toEqual([]);
	await store.clusters.setDomain("b:3306", "shop.example.com");
	await announce("b:3306", "a:3306", false);
	expect(await store.fences.open()).toEqual([]);
	expect(await store.hostAttributes.get("*", "shop.example.com")).toBe(
		"a:3306",
	);
	expect(await store.clusters.byIdentity(identity)).toMatchObject({
		clusterName: "a:3306",
		domain: "shop.example.com",
		role: { primary: "a:3306", word: "operation", epoch: claim.epoch },
	});
	await claimed("newer");
	await expect(announce("a:3306", "b:3306", true)).rejects.toMatchObject({
		code: "Superseded",
	});
	expect(await store.keyValues.get("mysql/master/shop")).toBe("a:3306");
	expect(await store.fences.open()).toEqual([]);
});

it("records a rejoin that cannot work once, until the reason changes, and keeps the reason with the fence", async () => {
	const { conclude } = activities();
	const told = async () =>
		(await store.audit.page({ page: 0 })).map((each) => each.message);
	const tried = async (uid: string, ending: Partial<Ending>) => {
		const made = conclusion(await claimed(uid), {
			state: "refused",
			changed: false,
			successor: "",
			...ending,
		});
		await conclude({
			...made,
			request: { kind: "rejoin", cluster: "a:3306", instance: "a:3306" },
		});
		return store.recoveries.steps(uid);
	};
	await store.fences.put({
		instance: "a:3306",
		identity: "a:3306",
		successor: "b:3306",
		sinceMs: 1,
		state: "waiting",
		note: "",
		server: NO_MARK,
	});
	const says = "a:3306 may not be closed: SUPER is missing";
	expect(await tried("u1", { says })).toHaveLength(1);
	expect(await tried("u2", { says })).toEqual([]);
	expect(await tried("u3", { says })).toEqual([]);
	expect(await told()).toEqual([says]);
	expect(await store.fences.get("a:3306")).toMatchObject({
		state: "waiting",
		note: says,
	});
	expect(await tried("u4", { says: "another" })).toHaveLength(1);
	expect(await tried("u5", { says: "another", changed: true })).toHaveLength(1);
	expect(await told()).toEqual(["another", "another", says]);
});

it("a second try tells what the first one, which was cut off, did not, and nothing twice", async () => {
	const { conclude } = activities();
	const says = "a:3306 may not be closed: SUPER is missing";
	const claim = await claimed("u");
	await store.fences.put({
		instance: "a:3306",
		identity: claim.identity,
		successor: "b:3306",
		sinceMs: 1,
		state: "waiting",
		note: "",
		server: NO_MARK,
	});
	const held = {
		...conclusion(claim, {
			state: "refused",
			successor: "",
			changed: false,
			says,
			notes: ["it has something of its own"],
			settlesFence: { instance: "a:3306", state: "fenced", note: says },
		}),
		request: { kind: "rejoin", cluster: "a:3306", instance: "a:3306" },
	} as const;
	const whole = store;
	const told = async () => ({
		steps: (await whole.recoveries.steps("u")).map(({ message }) => message),
		audit: (await whole.audit.page({ page: 0 })).map(({ message }) => message),
	});
	const gone = async () => {
		throw new Error("the node is gone");
	};
	// Where each write is the one that its node dies in.
	store = { ...whole, audit: { ...whole.audit, write: gone } };
	await expect(activities().conclude(held)).rejects.toThrow("gone");
	store = {
		...whole,
		underEpoch: async (epoch, work) =>
			(await told()).audit.length > 0 ? gone() : whole.underEpoch(epoch, work),
	};
	await expect(activities().conclude(held)).rejects.toThrow("gone");
	store = { ...whole, operations: { ...whole.operations, release: gone } };
	await expect(activities().conclude(held)).rejects.toThrow("gone");
	store = whole;
	await conclude(held);
	expect(await told()).toEqual({
		steps: ["it has something of its own", says],
		audit: [says],
	});
	expect(await store.fences.get("a:3306")).toMatchObject({ state: "fenced" });
});

it("an operation that was overtaken settles no fence, sets nothing aside and ends nobody's record", async () => {
	const claim = await claimed("u");
	const failover = {
		...conclusion(claim, { left: [{ name: "c:3306", reason: "gone" }] }),
		request: {
			kind: "recovery",
			cluster: "a:3306",
			instance: "a:3306",
			analysis: "DeadMaster",
		},
		isRecorded: true,
	} as const;
	const next = await claimed("v");
	const context = {
		failed: "a:3306",
		failureType: "DeadMaster",
		cluster: "a:3306",
		clusterAlias: "",
		replicas: [],
	} as unknown as OperationHookContext;
	const { conclude, openRecovery } = activities();
	await openRecovery({ claim: next, context, detectionId: 0 });
	await expect(
		openRecovery({ claim, context, detectionId: 0 }),
	).rejects.toMatchObject({ code: "Superseded" });
	await store.fences.put({
		instance: "a:3306",
		identity: claim.identity,
		successor: "b:3306",
		sinceMs: 1,
		state: "rejoined",
		note: "",
		server: NO_MARK,
	});
	await conclude(failover);
	await conclude(
		conclusion(claim, { failed: [{ name: "a:3306", reason: "" }] }),
	);
	await conclude({
		...conclusion(claim, {
			settlesFence: { instance: "a:3306", state: "removed", note: "" },
		}),
		request: { kind: "rejoin", cluster: "a:3306", instance: "a:3306" },
	});
	expect(await store.downtimes.active(Date.UTC(2026, 0, 1))).toEqual([]);
	expect(await store.fences.get("a:3306")).toMatchObject({ state: "rejoined" });
	expect(await store.recoveries.list({ uid: "v" })).toMatchObject([
		{ endedAtMs: 0 },
	]);
	expect(await store.operations.current(claim.identity)).toMatchObject({
		runId: "v",
	});
});

it("logs why one was chosen as information, and what a person should know as a warning", async () => {
	const lines: string[] = [];
	const log = pino(
		{ formatters: { level: (level) => ({ level }) } },
		{ write: (line: string) => lines.push(line) },
	);
	const notes = [
		rankedNote(1, "b:3306", "it has everything"),
		excludedNote("c:3306", "its promotion rule is must_not"),
		"LOWERED: semi-sync is switched off on b:3306",
	];
	await activities(log).conclude(
		conclusion(await claimed("u"), {
			notes,
			says: "b:3306 is the new primary",
		}),
	);
	const told = lines.map((line) => JSON.parse(line));
	expect(told.map(({ level, msg }) => [level, msg])).toEqual([
		["info", notes[0]],
		["info", notes[1]],
		["warn", notes[2]],
		["info", "b:3306 is the new primary"],
	]);
});

it("a second try of an end that is through changes nothing any more, and answers the same", async () => {
	const { conclude } = activities();
	const claim = await claimed("again");
	const input = conclusion(claim, { state: "succeeded", successor: "b:3306" });
	const first = await conclude(input);
	const rows = async () => ({
		downtimes: await store.downtimes.active(0),
		fences: await store.fences.all(),
		audit: await store.audit.page({ page: 0 }),
	});
	for (const { instance } of await store.downtimes.active(0))
		await store.downtimes.end(instance);
	const before = await rows();
	expect(await conclude(input)).toEqual(first);
	expect(await rows()).toEqual(before);
});
