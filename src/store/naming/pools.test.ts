import { afterEach, beforeEach, expect, it } from "vitest";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import type { Store } from "../contract.ts";

const T0 = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

it("a submission replaces the members of its pool alone", async () => {
	const { pools } = store;
	await pools.submit("web", ["db1:3306", "db2:3306", "db2:3306"], T0);
	await pools.submit("batch", ["db2:3306"], T0);
	await pools.submit("web", ["db3:3306"], T0 + MINUTE);
	expect(await pools.members(T0)).toEqual([
		{ pool: "batch", instance: "db2:3306", registeredAtMs: T0 },
		{ pool: "web", instance: "db3:3306", registeredAtMs: T0 + MINUTE },
	]);
	await pools.submit("web", [], T0);
	expect(await pools.members(T0)).toHaveLength(1);
});

it("a membership ends when nobody has submitted it again", async () => {
	const { pools } = store;
	await pools.submit("old", ["db1:3306", "db2:3306"], T0);
	await pools.submit("new", ["db1:3306"], T0 + MINUTE);
	expect(
		(await pools.members(T0 + MINUTE)).map((member) => member.pool),
	).toEqual(["new"]);
	expect(await pools.expire(T0 + MINUTE)).toBe(2);
	expect(await pools.expire(T0 + MINUTE)).toBe(0);
	expect(await pools.members(0)).toHaveLength(1);
});
