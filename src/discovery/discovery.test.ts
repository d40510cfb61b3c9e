import { afterEach, beforeEach, expect, it } from "vitest";
import { madePrimary } from "../../test/support/made-primary.ts";
import {
	failing,
	gtids,
	NOW,
	replica,
	server,
} from "../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import { documentedDefaults } from "../config/keys.ts";
import type { Store } from "../store/contract.ts";
import {
	type Instance,
	isLastCheckValid,
	sourceOf,
	unknownInstance,
} from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { createDiscovery } from "./discovery.ts";
import { createForgotten } from "./forgotten.ts";
import { createHostnames } from "./hostnames.ts";

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

/** Discovery of servers that are as they are said to be; all others answer nothing. */
const discoveryOf = (...servers: readonly Instance[]) => {
	const config = documentedDefaults;
	const never = (): never => {
		throw new Error("not asked for");
	};
	const looked: InstanceName[] = [];
	const discovery = createDiscovery({
		store,
		config,
		servers: {
			open: never,
			refusesLogin: never,
			probe: never,
			look: async (name, previous) => {
				looked.push(name);
				const { host, port } = splitName(name);
				return (
					servers.find((each) => each.name === name) ?? {
						...(previous ?? unknownInstance(host, port)),
						check: {
							...failing("connection-refused"),
							checkedAtMs: NOW + 5_000,
							attemptedAtMs: NOW + 5_000,
							seenAtMs: NOW,
						},
					}
				);
			},
		},
		hostnames: createHostnames({ config, store, nowMs: Date.now }),
		identity: {
			settle: async ({ name }) => ({ name, findings: [] }),
			leave: async () => never(),
		},
		proveOne: async () => ({ outcome: "two" }),
		forgotten: createForgotten(Date.now),
		log: { warn: () => undefined },
	});
	return { discovery, looked };
};

it("a crawl of another process brings nobody back whom one has forgotten; whoever discovers it by its name does", async () => {
	const all = [
		server("p", 1, { replicas: ["a:3306", "b:3306"] }),
		replica("a", 2),
		replica("b", 3, { replicas: ["c:3306"] }),
		replica("c", 4, {}, { sourceHost: "b" }),
	];
	const names = async () => ({
		known: await store.inventory.names(),
		members: (await store.clusters.members())
			.map(({ instance }) => instance)
			.toSorted(),
	});
	const here = discoveryOf(...all).discovery;
	await here.crawl("p:3306");
	await (await stores.open()).inventory.forget("b:3306");
	const there = discoveryOf(...all);
	await there.discovery.crawl("p:3306");
	expect(there.looked).not.toContain("b:3306");
	const without = ["a:3306", "c:3306", "p:3306"];
	expect(await names()).toEqual({ known: without, members: without });
	await there.discovery.discover("b:3306");
	expect((await names()).known).toContain("b:3306");
	await store.inventory.forget("b:3306");
	await there.discovery.crawl("b:3306");
	expect((await names()).members).toContain("b:3306");
});

it("looks again at a whole cluster: its servers are in the store as they are now, also one that is gone", async () => {
	const before = discoveryOf(
		server("p", 1),
		replica("a", 2),
		replica("b", 3),
		server("z", 9),
	).discovery;
	for (const name of ["p:3306", "a:3306", "b:3306", "z:3306"] as const)
		await before.discover(name);
	// A failover by a process that watches nothing.
	await madePrimary(store, "p:3306", "a:3306");
	const { discovery, looked } = discoveryOf(
		server("a", 2, { executedGtid: gtids(110) }),
		replica("b", 3, {}, { sourceHost: "a" }),
	);
	await discovery.lookAgain("p:3306");
	expect(looked.sort()).toEqual(["a:3306", "b:3306", "p:3306"]);
	const known = await store.inventory.ofIdentity("p:3306");
	expect(
		known.map((each) => [
			each.name,
			isLastCheckValid(each),
			each.readOnly,
			sourceOf(each),
			each.clusterName,
		]),
	).toEqual([
		["a:3306", true, false, undefined, "a:3306"],
		["b:3306", true, true, "a:3306", "a:3306"],
		["p:3306", false, false, undefined, "p:3306"],
	]);
});
