import pino from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { documentedDefaults } from "../src/config/keys.ts";
import { createPictures } from "../src/engine/pictures.ts";
import type { Servers } from "../src/mysql/servers.ts";
import { runInUid } from "../src/operations/uid.ts";
import type { Store } from "../src/store/contract.ts";
import type { Instance } from "../src/topology/instance.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { NO_MARK } from "../src/topology/server-mark.ts";
import {
	failing,
	replica,
	server,
	snapshotOf,
} from "../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../test/support/temporary-stores.ts";
import { createStuckOperations } from "./stuck-operations.ts";

const RUN = "01a22748-88eb-7599-9a9d-1fd7c24a4374";
const OTHER = "01a22748-88eb-7599-9a9d-000000000000";
const START_MS = Date.UTC(2026, 0, 1);

let stores: TemporaryStores;
let store: Store;
let nowMs = START_MS;
let ended: string[] = [];
let now: readonly Instance[] = [];
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
	nowMs = START_MS;
	ended = [];
	now = [];
});
afterEach(() => stores.remove());

const operations = () =>
	createStuckOperations({
		store,
		config: documentedDefaults,
		log: pino({ level: "silent" }),
		nowMs: () => nowMs,
		pictures: createPictures(store.operations),
		servers: {
			look: async (name: InstanceName) =>
				now.find((each) => each.name === name),
		} as unknown as Servers,
		end: async (_, runId) => {
			ended.push(runId);
		},
	});

const claim = async (runId: string) => {
	const identity = await store.clusters.adopt("a:3306", ["a:3306", "b:3306"]);
	const held = await store.operations.current(identity);
	await store.operations.claim({
		identity,
		workflowId: `operate/${identity}`,
		runId,
		kind: "recovery",
		nowMs,
		...(held === undefined ? {} : { preempt: held.runId }),
	});
	return identity;
};

const openRow = async (
	identity: string,
	runId: string,
	instance: InstanceName = "a:3306",
	detectionId = 7,
) => {
	const uid = `${nowMs}:${runInUid(runId)}00`;
	await store.recoveries.open({
		uid,
		identity,
		instance,
		analysis: "DeadMaster",
		clusterName: "a:3306",
		clusterAlias: "",
		replicas: [],
		detectionId,
		nowMs,
	});
	return uid;
};

const end = (identity: string, runId = RUN) =>
	operations().endOperation({
		identity,
		runId,
		because: "was ended, since it is stuck",
	});

const blocking = async (identity: string) =>
	(await store.recoveries.active({ identity })).map(({ uid }) => uid);

describe("an operation that is ended", () => {
	it("leaves its cluster free, and its record closed with the reason", async () => {
		const identity = await claim(RUN);
		const uid = await openRow(identity, RUN);
		const says = await end(identity);
		expect(says).toMatch(
			/^operate\/.* \(run 01a2.*\) was ended, since it is stuck: what it has changed is as it left it/,
		);
		expect(ended).toEqual([RUN]);
		expect(await store.operations.current(identity)).toBeUndefined();
		expect(await store.recoveries.list({ uid })).toMatchObject([
			{ isSuccessful: false, errors: [says], endedAtMs: nowMs },
		]);
		expect(await blocking(identity)).toEqual([]);
	});

	it("writes nothing any more, whatever of it still runs", async () => {
		const identity = await claim(RUN);
		const step = { identity, epoch: 1, step: "open@a:3306", attempt: 1 };
		expect(await store.operations.isCurrent(step)).toBe(true);
		await end(identity);
		expect(await store.operations.isCurrent(step)).toBe(false);
	});

	it("and has opened somebody without telling of it is followed by a look at that one, and at no other", async () => {
		const identity = await claim(RUN);
		const names = ["b:3306", "c:3306", "d:3306", "e:3306"] as const;
		await store.fences.put({
			instance: "d:3306",
			identity,
			successor: "a:3306",
			sinceMs: 1,
			state: "fenced",
			note: "",
			server: NO_MARK,
		});
		await createPictures(store.operations).begin(
			{ uid: "uid", epoch: 1 },
			{
				...snapshotOf([
					server("a", 1),
					...names.map((each) => replica(each, 2)),
				]),
				identity,
				closed: names,
			},
		);
		now = [
			replica("b", 2, { readOnly: false }),
			replica("c", 3),
			replica("d", 4, { readOnly: false }),
			replica("e", 5, {
				readOnly: false,
				check: failing("connection-refused"),
			}),
		];
		await end(identity);
		expect(await store.fences.open()).toMatchObject([
			{ instance: "b:3306", state: "unaccounted", identity },
			{ instance: "d:3306", state: "fenced", successor: "a:3306" },
		]);
	});

	it("at the same place again blocks the next one, until somebody acknowledges it or the period is over", async () => {
		const identity = await claim(RUN);
		await openRow(identity, RUN);
		await end(identity);
		nowMs += 60_000;
		const again = async (runId: string) => {
			await claim(runId);
			const uid = await openRow(identity, runId);
			await end(identity, runId);
			return uid;
		};
		const second = await again(OTHER);
		expect(await blocking(identity)).toEqual([second]);
		await store.recoveries.acknowledge({
			all: true,
			owner: "somebody",
			comment: "looked into",
			nowMs,
		});
		nowMs += 60_000;
		await again("01a22748-88eb-7599-9a9d-000000000001");
		expect(await blocking(identity)).toEqual([]);
		nowMs += 3_600_001;
		await again("01a22748-88eb-7599-9a9d-000000000002");
		expect(await blocking(identity)).toEqual([]);
	});

	it("and that a person has asked for blocks none that Baton begins by itself", async () => {
		const identity = await claim(RUN);
		await openRow(identity, RUN, "a:3306", 0);
		await end(identity);
		await claim(OTHER);
		await openRow(identity, OTHER, "a:3306", 0);
		await end(identity, OTHER);
		expect(await blocking(identity)).toEqual([]);
	});

	it("closes no record of another one, which took the cluster meanwhile", async () => {
		const identity = await claim(RUN);
		const uid = await openRow(identity, RUN);
		await claim(OTHER);
		const others = await openRow(identity, OTHER, "b:3306");
		const says = await end(identity);
		expect(says).toContain("hooks that come after it were not run");
		expect(await store.recoveries.list({ uid: others })).toMatchObject([
			{ endedAtMs: 0 },
		]);
		expect(await store.recoveries.list({ uid })).toMatchObject([
			{ isSuccessful: false },
		]);
		expect(await store.operations.current(identity)).toMatchObject({
			runId: OTHER,
		});
	});

	it("and had recorded its end is told of as such", async () => {
		const identity = await claim(RUN);
		const uid = await openRow(identity, RUN);
		await store.recoveries.resolve(uid, {
			isSuccessful: true,
			successor: "b:3306",
			successorAlias: "",
			participating: [],
			lostReplicas: [],
			errors: [],
			nowMs,
		});
		await store.operations.release(identity, RUN);
		expect(await end(identity)).toContain("it did not hold its cluster");
		expect(await store.recoveries.list({ uid })).toMatchObject([
			{ isSuccessful: true, errors: [] },
		]);
	});
});
