import { afterEach, beforeEach, expect, it } from "vitest";
import { server } from "../../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import type { Store } from "../contract.ts";

const T0 = Date.UTC(2026, 0, 1, 12);
const HOUR = 3_600_000;

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const here = { file: "binlog.000003", position: 157 };

it("a position is dated by its first sighting, until it moves", async () => {
	const { stalePositions } = store;
	await stalePositions.note("db1:3306", here, T0);
	await stalePositions.note("db1:3306", here, T0 + 5000);
	const stale = { instance: "db1:3306", coordinates: here, firstSeenAtMs: T0 };
	expect(await stalePositions.all()).toEqual([stale]);
	const there = { ...here, position: 158 };
	await stalePositions.note("db1:3306", there, T0 + 6000);
	expect(await stalePositions.all()).toEqual([
		{ ...stale, coordinates: there, firstSeenAtMs: T0 + 6000 },
	]);
	await stalePositions.forget("db1:3306");
	expect(await stalePositions.all()).toEqual([]);
});

it("a long lock is never forgotten while it lasts", async () => {
	const { stalePositions, inventory } = store;
	const standing = server("db1", 1, { selfCoordinates: here });
	const moved = server("db2", 2, {
		selfCoordinates: { ...here, position: 900 },
	});
	await inventory.save([standing, moved]);
	for (const name of ["db1:3306", "db2:3306", "gone:3306"] as const)
		await stalePositions.note(name, here, T0);
	expect(await stalePositions.expire(T0)).toBe(0);
	expect(await stalePositions.expire(T0 + HOUR)).toBe(2);
	expect(await stalePositions.all()).toEqual([
		{ instance: "db1:3306", coordinates: here, firstSeenAtMs: T0 },
	]);
});

it("positions of logs are recorded, and kept for a time", async () => {
	const { positionHistory } = store;
	const logging = server("db1", 1, { selfCoordinates: here });
	await positionHistory.record([logging, server("nothing", 2)], T0);
	await positionHistory.record([logging], T0 + 60_000);
	await positionHistory.record([], T0 + 60_000);
	expect(await positionHistory.expire(T0)).toBe(0);
	expect(await positionHistory.expire(T0 + 60_000)).toBe(1);
	expect(await positionHistory.expire(T0 + 61_000)).toBe(1);
});
