import { afterEach, beforeEach, expect, it } from "vitest";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { Store } from "../contract.ts";

const T0 = Date.UTC(2026, 0, 1, 12);

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const put = (instance: InstanceName, name: string, value = "") =>
	store.tags.put({ instance, name, value }, T0);

it("a tag has one value, and is read by name", async () => {
	await put("db1:3306", "role", "batch");
	await put("db1:3306", "role", "report");
	await put("db1:3306", "cold");
	await put("db2:3306", "role", "report");
	expect(await store.tags.of("db1:3306")).toEqual([
		{ instance: "db1:3306", name: "cold", value: "" },
		{ instance: "db1:3306", name: "role", value: "report" },
	]);
	expect(await store.tags.of("db1:3307")).toEqual([]);
	expect((await store.tags.all()).map((tag) => tag.instance)).toEqual([
		"db1:3306",
		"db1:3306",
		"db2:3306",
	]);
});

it("is removed by name, or only with its value, from one or from all", async () => {
	await put("db2:3306", "role", "report");
	await put("db1:3307", "role", "batch");
	await put("db1:3306", "role", "report");
	const { tags } = store;
	expect(await tags.remove({ name: "nothing" })).toEqual([]);
	expect(
		await tags.remove({ instance: "db1:3306", name: "role", value: "batch" }),
	).toEqual([]);
	expect(await tags.remove({ instance: "db1:3306", name: "role" })).toEqual([
		"db1:3306",
	]);
	await put("db1:3306", "role", "report");
	expect(await tags.remove({ name: "role", value: "report" })).toEqual([
		"db1:3306",
		"db2:3306",
	]);
	expect(await tags.all()).toEqual([
		{ instance: "db1:3307", name: "role", value: "batch" },
	]);
});
