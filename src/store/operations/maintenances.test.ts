import { afterEach, beforeEach, expect, it } from "vitest";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import type { Store } from "../contract.ts";

const T0 = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;
const DAY = 86_400_000;

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open({ node: { hostname: "n1", token: "t1" } });
});
afterEach(() => stores.remove());

const bounded = {
	instance: "db1:3306" as const,
	owner: "ann",
	reason: "disk",
	beganAtMs: T0,
	endsAtMs: T0 + 10 * MINUTE,
	isExplicitlyBounded: true,
};
const unbounded = { ...bounded, endsAtMs: 0, isExplicitlyBounded: false };

it("holds an instance against others until it is ended", async () => {
	const { maintenances } = store;
	const begun = await maintenances.begin(bounded);
	expect(begun).toEqual({ ...bounded, id: 1 });
	expect(
		await maintenances.begin({ ...bounded, owner: "bob" }),
	).toBeUndefined();
	expect(
		await maintenances.begin({ ...bounded, instance: "db0:3306" }),
	).toEqual({ ...bounded, instance: "db0:3306", id: 2 });
	expect(
		(await maintenances.active(T0 + MINUTE)).map((each) => each.instance),
	).toEqual(["db0:3306", "db1:3306"]);
	expect(await maintenances.end("db1:3306", T0 + MINUTE)).toBe(true);
	expect(await maintenances.end("db1:3306", T0 + MINUTE)).toBe(false);
	expect(await maintenances.endById(2, T0 + MINUTE)).toBe(true);
	expect(await maintenances.endById(2, T0 + MINUTE)).toBe(false);
	expect(await maintenances.endById(77, T0 + MINUTE)).toBe(false);
	expect(await maintenances.active(T0 + MINUTE)).toEqual([]);
	expect(await maintenances.begin(bounded)).toMatchObject({ owner: "ann" });
});

it("whose time is over does not hold any more, swept or not", async () => {
	const { maintenances } = store;
	await maintenances.begin(bounded);
	const late = T0 + 10 * MINUTE;
	expect(await maintenances.active(late - 1000)).toHaveLength(1);
	expect(await maintenances.active(late)).toEqual([]);
	expect(await maintenances.end("db1:3306", late)).toBe(false);
	await maintenances.begin(bounded);
	expect(
		await maintenances.begin({
			...bounded,
			owner: "bob",
			beganAtMs: late,
			endsAtMs: late + MINUTE,
		}),
	).toMatchObject({ owner: "bob" });
	expect(await maintenances.active(late)).toHaveLength(1);
});

it("ended ones are kept for a time", async () => {
	const { maintenances } = store;
	await maintenances.begin(bounded);
	await maintenances.begin({ ...bounded, instance: "db2:3306", endsAtMs: 0 });
	const late = T0 + 8 * DAY;
	expect(await maintenances.expire(late, T0)).toBe(0);
	expect(await maintenances.active(late)).toHaveLength(1);
	expect(await maintenances.expire(late, T0 + DAY)).toBe(1);
});

it("one without a bound ends when its process is gone", async () => {
	const { maintenances, nodes } = store;
	const node = { hostname: "n1", token: "t1", command: "http" };
	const late = T0 + 2 * MINUTE;
	await nodes.beat({ ...node, nowMs: T0 });
	await maintenances.begin(unbounded);
	await maintenances.begin({ ...bounded, instance: "db2:3306" });
	await maintenances.expire(late, 0);
	expect(await maintenances.active(late)).toHaveLength(2);
	await nodes.expire(late);
	await maintenances.expire(T0 + 1000, 0);
	expect(await maintenances.active(late)).toHaveLength(2);
	await maintenances.expire(late, 0);
	expect(
		(await maintenances.active(late)).map((each) => each.instance),
	).toEqual(["db2:3306"]);
});
