import { afterEach, beforeEach, expect, it } from "vitest";
import { replica, server } from "../../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import type { Store } from "../contract.ts";

const T0 = Date.UTC(2026, 0, 1, 12);

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

it("records every instance as it stands, and keeps what was recorded before", async () => {
	const ours = { version: "8.4.6", clusterName: "db1:3306" };
	const { inventory, topologySnapshots } = store;
	expect(await topologySnapshots.take(T0 - 1000)).toBe(T0 / 1000 - 1);
	expect(await topologySnapshots.times()).toEqual([]);
	await inventory.save([
		server("db1", 1, ours),
		replica("db2", 2, ours, { sourceHost: "db1" }),
		server("x:1", 3, { clusterName: "x:1" }),
	]);
	const first = await topologySnapshots.take(T0 + 999);
	expect(first).toBe(T0 / 1000);
	await inventory.forget("db2:3306");
	const second = await topologySnapshots.take(T0 + 5000);
	expect(await topologySnapshots.times()).toEqual([first, second]);
	const recorded = { clusterName: "db1:3306", version: "8.4.6" };
	expect(await topologySnapshots.at(first, "db1:3306")).toEqual([
		{ instance: "db1:3306", source: "", ...recorded },
		{ instance: "db2:3306", source: "db1:3306", ...recorded },
	]);
	expect(await topologySnapshots.at(second, "db1:3306")).toHaveLength(1);
	expect(await topologySnapshots.at(second, "other")).toEqual([]);
});

it("a second record of the same second replaces the first", async () => {
	await store.inventory.save([server("db1", 1, { clusterName: "c" })]);
	await store.topologySnapshots.take(T0);
	await store.topologySnapshots.take(T0 + 500);
	expect(await store.topologySnapshots.at(T0 / 1000, "c")).toHaveLength(1);
});
