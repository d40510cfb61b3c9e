import { afterEach, beforeEach, expect, it } from "vitest";
import { running, seenAt } from "../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import { NOBODY } from "../../test/support/watched.ts";
import { createForgotten } from "../discovery/forgotten.ts";
import { createHostnames } from "../discovery/hostnames.ts";
import { createKnownAliases } from "../discovery/known-aliases.ts";
import { createLeaving } from "../discovery/leaving.ts";
import type { Fence, Store } from "../store/contract.ts";
import { type Instance, unknownInstance } from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { markOf } from "../topology/server-mark.ts";
import { createFollower } from "./follower.ts";
import { createRoster } from "./roster.ts";
import { readStore } from "./store-view.ts";
import { createStrangers } from "./strangers.ts";

let nowMs = Date.UTC(2026, 0, 1, 12);
let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open({ clock: () => nowMs });
});
afterEach(() => stores.remove());

const replicaOf = (name: InstanceName, source: InstanceName): Instance => {
	const { host, port } = splitName(name);
	const at = splitName(source);
	return {
		...unknownInstance(host, port),
		check: seenAt(nowMs),
		serverUuid: host,
		replication: running(at.host, { sourcePort: at.port }),
	};
};

/** A watcher of the clusters that are its own, with nothing but what decides about membership. */
const watching = (
	isMine: (identity: string) => boolean,
	fences: readonly Fence[] = [],
	look?: (name: InstanceName) => Promise<Instance>,
) => {
	const tasks = new Map<string, () => Promise<void>>();
	const never = (): never => {
		throw new Error("no server is asked");
	};
	const forgotten = createForgotten(() => nowMs);
	const roster = createRoster({
		nowMs: () => nowMs,
		forgotten,
		isMine,
		isIgnored: () => false,
		keptDeps: () => NOBODY,
	});
	const told: string[] = [];
	const writer = {
		later: (key: string, work: () => Promise<void>) =>
			void tasks.set(key, work),
	};
	const strangers = createStrangers({
		leave: createLeaving({
			store,
			tell: async ({ instance, type }) => void told.push(`${type} ${instance}`),
			log: { info: () => undefined },
		}),
		writer,
		fenceOf: (name) => fences.find(({ instance }) => instance === name),
	});
	const follower = createFollower({
		servers: {
			open: never,
			refusesLogin: never,
			probe: never,
			look: look ?? never,
		},
		store,
		hostnames: createHostnames({
			config: () => ({
				HostnameResolveMethod: "none",
				RejectHostnameResolvePattern: "",
				ExpiryHostnameResolvesMinutes: 60,
			}),
			nowMs: () => nowMs,
		}),
		aliases: createKnownAliases(store),
		identity: { rename: never },
		proveOne: never,
		isStranger: strangers.has,
		roster,
		writer,
		ignores: () => () => false,
		nowMs: () => nowMs,
		log: { info: () => undefined, warn: () => undefined },
	});
	return {
		told,
		roster,
		forgotten,
		/** Reads the store, and looks at everybody that it watches. */
		look: async (
			pictures: readonly Instance[],
			known: ReadonlyMap<InstanceName, Instance> = new Map(),
		) => {
			const settings = {
				candidateExpiryMs: 1_000,
				aliasByName: () => "",
				isAutomatic: () => true,
				blockPeriods: { RecoveryPeriodBlockSeconds: 3_600 },
			};
			const reading = await readStore(store, settings, nowMs);
			roster.update({ ...reading, known });
			for (const picture of pictures) {
				const cluster = roster.clusterOf(picture.name);
				const kept = cluster?.members.get(picture.name);
				if (cluster === undefined || kept === undefined) continue;
				kept.latest = picture;
				kept.silence = { mark: "seen", sinceMs: nowMs };
			}
			for (const { name } of pictures) {
				const cluster = roster.clusterOf(name);
				const kept = cluster?.members.get(name);
				if (cluster === undefined || kept === undefined) continue;
				strangers.checked(cluster, kept);
				follower.follow(cluster, kept);
			}
		},
		write: async () => {
			const work = [...tasks.values()];
			tasks.clear();
			for (const each of work) await each();
		},
	};
};

const identities = async (): Promise<string[]> =>
	(await store.clusters.members()).map(({ identity }) => identity);

const settle = async (
	watchers: readonly ReturnType<typeof watching>[],
	pictures: readonly Instance[],
): Promise<string[]> => {
	await store.inventory.save(pictures);
	for (const { name } of pictures) await store.clusters.adopt(name, [name]);
	for (let round = 0; round < 8; round++) {
		for (const watcher of watchers) await watcher.look(pictures);
		for (const watcher of watchers) await watcher.write();
		nowMs += 61_000;
	}
	const then = await identities();
	for (const watcher of watchers) await watcher.look(pictures);
	for (const watcher of watchers) await watcher.write();
	expect(await identities()).toEqual(then);
	return then;
};

const ring = (...names: readonly InstanceName[]): Instance[] =>
	names.map((name, index) =>
		replicaOf(name, names[(index + 1) % names.length] ?? name),
	);

it.each([
	[2, ring("a:3306", "b:3306")],
	[3, ring("a:3306", "b:3306", "c:3306")],
	[3, ring("a:3306", "c:3306", "b:3306")],
	[5, ring("e:3306", "b:3306", "d:3306", "a:3306", "c:3306")],
])(
	"a ring of %d that was found as clusters of their own becomes one and stays it",
	async (count, pictures) => {
		expect(await settle([watching(() => true)], pictures)).toEqual(
			Array.from({ length: count }, () => "a:3306"),
		);
	},
);

it("also when each of its clusters is watched by another node", async () => {
	const pictures = ring("a:3306", "b:3306", "c:3306");
	const nodes = pictures.map(({ name }) =>
		watching((identity) => identity === name),
	);
	expect(await settle(nodes, pictures)).toEqual(["a:3306", "a:3306", "a:3306"]);
});

it("a replica below a ring moves to the cluster of its source", async () => {
	const pictures = [
		...ring("b:3306", "c:3306", "d:3306"),
		replicaOf("a:3306", "c:3306"),
	];
	expect(await settle([watching(() => true)], pictures)).toEqual(
		Array.from({ length: 4 }, () => "b:3306"),
	);
});

const alone = (name: InstanceName, serverUuid: string): Instance => {
	const { host, port } = splitName(name);
	return { ...unknownInstance(host, port), check: seenAt(nowMs), serverUuid };
};

const homes = async (): Promise<Record<string, string>> =>
	Object.fromEntries(
		(await store.clusters.members()).map((each) => [
			each.instance,
			each.identity,
		]),
	);

/** Clusters as the store has them; then rounds in which the servers are seen like that. */
const seenAs = async (
	clusters: Readonly<Record<InstanceName, readonly InstanceName[]>>,
	before: readonly Instance[],
	pictures: readonly Instance[],
	fences: readonly Fence[] = [],
) => {
	await store.inventory.save(before);
	for (const [name, members] of Object.entries(clusters))
		await store.clusters.adopt(name, members);
	for (const fence of fences) await store.fences.put(fence);
	const watcher = watching(() => true, fences);
	const known = new Map(before.map((each) => [each.name, each]));
	for (let round = 0; round < 3; round++) {
		await watcher.look(pictures, round === 0 ? known : undefined);
		await watcher.write();
		nowMs += 61_000;
	}
	return { told: watcher.told, homes: await homes() };
};

const OLD = {
	"p1:3306": ["p1:3306", "a:3306", "r1:3306"],
	"r2:3306": ["r2:3306", "r3:3306"],
} as const;

const replaced = (role: InstanceName) =>
	store.roles.meet("p1:3306", {
		primary: role,
		server: markOf(alone(role, splitName(role).host)),
		sinceMs: nowMs,
	});

const STRANGER = [
	alone("p1:3306", "p1"),
	alone("a:3306", "another"),
	replicaOf("r1:3306", "p1:3306"),
	replicaOf("r2:3306", "a:3306"),
	replicaOf("r3:3306", "r2:3306"),
];

it("another server at the address of a member leaves the cluster for that of its replicas, and nobody follows it there", async () => {
	const before = STRANGER.with(1, alone("a:3306", "a"));
	await store.clusters.adopt("p1:3306", ["p1:3306"]);
	await replaced("p1:3306");
	expect(await seenAs(OLD, before, STRANGER)).toEqual({
		told: ["leave-cluster a:3306"],
		homes: {
			"p1:3306": "p1:3306",
			"r1:3306": "p1:3306",
			"a:3306": "r2:3306",
			"r2:3306": "r2:3306",
			"r3:3306": "r2:3306",
		},
	});
});

it("also when only the fence tells that it was another one", async () => {
	await store.clusters.adopt("p1:3306", ["p1:3306"]);
	await replaced("p1:3306");
	const fence: Fence = {
		instance: "a:3306",
		identity: "p1:3306",
		successor: "p1:3306",
		sinceMs: nowMs,
		state: "waiting",
		note: "",
		server: markOf(alone("a:3306", "a")),
	};
	const { homes: then } = await seenAs(OLD, STRANGER, STRANGER, [fence]);
	expect(then["a:3306"]).toBe("r2:3306");
});

it("one that nobody follows gets a cluster of its own", async () => {
	await store.clusters.adopt("p1:3306", ["p1:3306"]);
	await replaced("p1:3306");
	const before = STRANGER.with(1, alone("a:3306", "a")).slice(0, 3);
	const { homes: then } = await seenAs(
		{ "p1:3306": OLD["p1:3306"] },
		before,
		STRANGER.slice(0, 3),
	);
	expect(then).toEqual({
		"p1:3306": "p1:3306",
		"r1:3306": "p1:3306",
		"a:3306": "a:3306",
	});
});

it("one that replicates from a member was rebuilt, and stays", async () => {
	await store.clusters.adopt("p1:3306", ["p1:3306"]);
	await replaced("p1:3306");
	const rebuilt = { ...replicaOf("a:3306", "p1:3306"), serverUuid: "another" };
	const { homes: then, told } = await seenAs(
		{ "p1:3306": OLD["p1:3306"] },
		[
			alone("p1:3306", "p1"),
			alone("a:3306", "a"),
			replicaOf("r1:3306", "p1:3306"),
		],
		[alone("p1:3306", "p1"), rebuilt, replicaOf("r1:3306", "p1:3306")],
	);
	expect(then["a:3306"]).toBe("p1:3306");
	expect(told).toEqual([]);
});

it("at the address of the recorded primary it stays, and nobody follows it there", async () => {
	await store.clusters.adopt("p1:3306", ["p1:3306", "a:3306"]);
	await replaced("a:3306");
	const before = STRANGER.with(1, alone("a:3306", "a"));
	const { homes: then, told } = await seenAs(OLD, before, STRANGER);
	expect(then).toMatchObject({ "a:3306": "p1:3306", "r2:3306": "r2:3306" });
	expect(told).toEqual([]);
});

it("a source that stands alone is taken in where its replicas are", async () => {
	const pictures = [
		alone("n:3306", "n"),
		alone("p:3306", "p"),
		replicaOf("r:3306", "n:3306"),
	];
	const { homes: then } = await seenAs(
		{ "n:3306": ["n:3306"], "p:3306": ["p:3306", "r:3306"] },
		pictures,
		pictures,
	);
	expect(then).toEqual({
		"n:3306": "p:3306",
		"p:3306": "p:3306",
		"r:3306": "p:3306",
	});
});

it("who is forgotten while it is looked at, or on its way into the store, is neither watched nor written", async () => {
	const stopped = {
		...replicaOf("r:3306", "p:3306"),
		replication: running("p", { sourcePort: 3306, receiver: 0, applier: 0 }),
	};
	await store.inventory.save([stopped]);
	await store.clusters.adopt("r:3306", ["r:3306"]);
	let answer = (_: Instance): void => undefined;
	const watcher = watching(
		() => true,
		[],
		() =>
			new Promise((resolve) => {
				answer = resolve;
			}),
	);
	await watcher.look([stopped]);
	watcher.forgotten.add("p:3306");
	answer(alone("p:3306", "p"));
	await new Promise(setImmediate);
	await watcher.write();
	expect(watcher.roster.names()).toEqual(["r:3306"]);
	expect(await homes()).toEqual({ "r:3306": "r:3306" });
});

it("another process forgets one that is about to move to the cluster of its source: it is in none", async () => {
	const pictures = [
		alone("p:3306", "p"),
		replicaOf("q:3306", "p:3306"),
		replicaOf("r:3306", "p:3306"),
	];
	await store.inventory.save(pictures);
	await store.clusters.adopt("p:3306", ["p:3306", "q:3306"]);
	await store.clusters.adopt("r:3306", ["r:3306"]);
	const watcher = watching(() => true);
	await watcher.look(pictures);
	await store.inventory.forget("r:3306");
	await watcher.write();
	expect(await homes()).toEqual({ "p:3306": "p:3306", "q:3306": "p:3306" });
	expect(await store.inventory.get("r:3306")).toBeUndefined();
});
