import { afterEach, beforeEach, expect, test } from "vitest";
import { temporaryStores } from "../../../test/support/temporary-stores.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { LogPlace } from "../../topology/log-place.ts";
import type { Store } from "../contract.ts";

const T0 = Date.UTC(2026, 0, 1);

let stores: ReturnType<typeof temporaryStores>;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const place = (server: InstanceName, position: number): LogPlace => ({
	server,
	at: { file: "binlog.000001", position },
});

test("a place is told from either side, and through others", async () => {
	const { equivalences } = store;
	await equivalences.record(place("p:3306", 100), place("a:3306", 7), T0);
	await equivalences.record(place("b:3306", 55), place("a:3306", 7), T0);
	expect(await equivalences.of(place("p:3306", 100))).toEqual([
		place("a:3306", 7),
		place("b:3306", 55),
	]);
	expect(await equivalences.of(place("a:3306", 7))).toEqual([
		place("b:3306", 55),
		place("p:3306", 100),
	]);
	expect(await equivalences.of(place("p:3306", 101))).toEqual([]);
});

test("what is learnt again takes the place of what was known, and what is old goes", async () => {
	const { equivalences } = store;
	await equivalences.record(place("p:3306", 100), place("a:3306", 7), T0);
	await equivalences.record(
		place("p:3306", 100),
		place("a:3306", 8),
		T0 + 5_000,
	);
	expect(await equivalences.of(place("p:3306", 100))).toEqual([
		place("a:3306", 8),
	]);
	expect(await equivalences.expire(T0 + 5_000)).toBe(0);
	expect(await equivalences.expire(T0 + 6_000)).toBe(1);
});
