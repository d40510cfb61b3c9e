import { afterEach, beforeEach, expect, it } from "vitest";
import { running, seenAt } from "../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import { NOBODY } from "../../test/support/watched.ts";
import { createForgotten } from "../discovery/forgotten.ts";
import { createHostnames } from "../discovery/hostnames.ts";
import type { Store } from "../store/contract.ts";
import { type Instance, unknownInstance } from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { createFollower } from "./follower.ts";
import { createRoster } from "./roster.ts";
import { readStore } from "./store-view.ts";

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
const watching = (isMine: (identity: string) => boolean) => {
	const tasks = new Map<string, () => Promise<void>>();
	const never = (): never => {
		throw new Error("no server is asked");
	};
	const roster = createRoster({
		nowMs: () => nowMs,
		forgotten: createForgotten(() => nowMs),
		isMine,
		isIgnored: () => false,
		keptDeps: () => NOBODY,
	});
	const follower = createFollower({
		servers: { open: never, probe: never, look: never },
		store,
		hostnames: createHostnames({
			config: () => ({
				HostnameResolveMethod: "none",
				RejectHostnameResolvePattern: "",
				ExpiryHostnameResolvesMinutes: 60,
			}),
			nowMs: () => nowMs,
		}),
		roster,
		writer: { later: (key, work) => void tasks.set(key, work) },
		ignores: () => () => false,
		nowMs: () => nowMs,
		log: { info: () => undefined, warn: () => undefined },
	});
	return {
		/** Reads the store, and looks at everybody that it watches. */
		look: async (pictures: readonly Instance[]) => {
			const settings = {
				candidateExpiryMs: 1_000,
				aliasByName: () => "",
				isAutomatic: () => true,
				blockPeriods: { RecoveryPeriodBlockSeconds: 3_600 },
			};
			roster.update(await readStore(store, settings, nowMs));
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
				if (cluster && kept) follower.follow(cluster, kept);
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
