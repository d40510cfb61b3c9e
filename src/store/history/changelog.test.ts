import { afterEach, beforeEach, expect, it } from "vitest";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import { unknownInstance } from "../../topology/instance.ts";
import {
	type InstanceName,
	instanceName,
} from "../../topology/instance-name.ts";
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

const note = (instance: InstanceName, analysis: string, atMs: number) =>
	store.changelog.note([{ instance, analysis }], atMs);

it("notes a code when it changes, not the first one and not again", async () => {
	expect(await note("db1:3306", "NoProblem", T0)).toBe(0);
	expect(await note("db1:3306", "NoProblem", T0 + 1000)).toBe(0);
	expect(await note("db1:3306", "DeadMaster", T0 + 2000)).toBe(1);
	expect(await note("db1:3306", "DeadMaster", T0 + 3000)).toBe(0);
	expect(
		await store.changelog.note(
			[
				{ instance: "db1:3306", analysis: "NoProblem" },
				{ instance: "db2:3306", analysis: "AllMasterReplicasStale" },
			],
			T0 + 4000,
		),
	).toBe(1);
	const dead = {
		instance: "db1:3306",
		atMs: T0 + 2000,
		analysis: "DeadMaster",
	};
	const well = { instance: "db1:3306", atMs: T0 + 4000, analysis: "NoProblem" };
	expect(await store.changelog.changes()).toEqual([dead, well]);
	expect(await store.changelog.changes("db1:3306")).toEqual([dead, well]);
	expect(await store.changelog.changes("db2:3306")).toEqual([]);
});

it("many instances are noted at once", async () => {
	const entries = Array.from({ length: 1200 }, (_, index) => ({
		instance: instanceName(`host-${index}`, 3306),
		analysis: "NoProblem",
	}));
	await store.changelog.note(entries, T0);
	expect(
		await store.changelog.note(
			entries.map((entry) => ({ ...entry, analysis: "DeadMaster" })),
			T0 + 1000,
		),
	).toBe(1200);
});

it("old changes go, but what was the last code of a known instance is remembered", async () => {
	await store.inventory.save([unknownInstance("db1", 3306)]);
	for (const instance of ["db1:3306", "gone:3306"] as const) {
		await note(instance, "NoProblem", T0);
		await note(instance, "DeadMaster", T0 + 1000);
	}
	expect(await store.changelog.expire(T0 + HOUR)).toBe(2);
	expect(await store.changelog.changes()).toEqual([]);
	expect(await note("db1:3306", "NoProblem", T0 + HOUR)).toBe(1);
	expect(await note("gone:3306", "NoProblem", T0 + HOUR)).toBe(0);
});
