import { afterEach, beforeEach, expect, it } from "vitest";
import { seen } from "../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import type { Store } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import {
	asInstanceName,
	type InstanceName,
} from "../topology/instance-name.ts";
import { submitPrimaries } from "./primary-entries.ts";

const NOW = Date.UTC(2026, 0, 1, 12);

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const server = (
	host: string,
	clusterName: InstanceName,
	rest: Partial<Instance> = {},
): Instance => seen(host, { clusterName, ...rest }, NOW);

const known = async (...instances: readonly Instance[]) => {
	await store.inventory.save(instances);
	for (const { clusterName, name } of instances)
		await store.clusters.adopt(clusterName, [
			asInstanceName(clusterName),
			name,
		]);
};

it("tells each cluster's writable primary, once, and again when it is another", async () => {
	await known(
		server("a", "a:3306"),
		server("b", "a:3306", { depth: 1, isCoMaster: true }),
		server("c", "a:3306", { depth: 2 }),
		server("r", "r:3306", { readOnly: true }),
	);
	await store.clusters.setAliasOverride("a:3306", "shop");
	await store.hostnames.saveAddresses("a", { ipv4: "10.0.0.1", ipv6: "" }, NOW);
	expect(await submitPrimaries(store, "mysql/master/", NOW)).toBe(5);
	const entries = {
		"mysql/master/shop": "a:3306",
		"mysql/master/shop/hostname": "a",
		"mysql/master/shop/port": "3306",
		"mysql/master/shop/ipv4": "10.0.0.1",
		"mysql/master/shop/ipv6": "",
	};
	expect(Object.fromEntries(await store.keyValues.below("mysql/"))).toEqual(
		entries,
	);
	expect(await submitPrimaries(store, "mysql/master", NOW)).toBe(0);
	await known(server("a", "a:3306", { readOnly: true }));
	expect(await submitPrimaries(store, "mysql/master", NOW)).toBe(3);
	expect(Object.fromEntries(await store.keyValues.below("mysql/"))).toEqual({
		...entries,
		"mysql/master/shop": "b:3306",
		"mysql/master/shop/hostname": "b",
		"mysql/master/shop/ipv4": "",
	});
});
