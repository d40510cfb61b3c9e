import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failing, NOW, server } from "../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import type { Fence, Store } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { markOf } from "../topology/server-mark.ts";
import { createFencePlaces } from "./fence-places.ts";

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const OLD = server("old", 1);
const FENCE: Fence = {
	instance: "vip:3306",
	identity: "shop",
	successor: "new:3306",
	sinceMs: NOW,
	state: "waiting",
	note: "",
	server: markOf(OLD),
};

/** @returns the names at which there are fences then */
const layAtOld = async (
	there: Instance | undefined,
	home: string | undefined,
): Promise<InstanceName[]> => {
	await store.fences.put(FENCE);
	const layAt = createFencePlaces({
		store,
		identityOf: () => home,
		latest: () => there,
		log: { warn: () => undefined },
	});
	await layAt(FENCE, "old:3306");
	return (await store.fences.open()).map(({ instance }) => instance);
};

describe("a fence whose server answers by another name", () => {
	it.each<[string, Instance | undefined, string | undefined]>([
		["is another server's", server("vip", 2), "shop"],
		["is nobody's own", undefined, undefined],
	])("moves there when its name %s", async (_, there, home) => {
		expect(await layAtOld(there, home)).toEqual(["old:3306"]);
	});

	it.each<[string, Instance | undefined]>([
		["does not answer", server("vip", 1, { check: failing("timeout") })],
		["is watched elsewhere", undefined],
	])("is laid there as well while its name %s", async (_, there) => {
		expect(await layAtOld(there, "shop")).toEqual(["old:3306", "vip:3306"]);
	});

	it("does not open again what is decided there for that server", async () => {
		const held = {
			...FENCE,
			instance: "old:3306" as const,
			state: "fenced" as const,
		};
		await store.fences.put(held);
		await layAtOld(undefined, undefined);
		expect(await store.fences.open()).toEqual([held]);
	});

	it("is not opened again there once it has rejoined, nor asked for again", async () => {
		const back: Fence = {
			...FENCE,
			instance: "old:3306",
			state: "rejoined",
		};
		await store.fences.put(back);
		expect(await layAtOld(undefined, "shop")).toEqual(["vip:3306"]);
		expect(await store.fences.get("old:3306")).toEqual(back);
	});

	it("is laid there for a later replacement than the one that has ended", async () => {
		await store.fences.put({
			...FENCE,
			instance: "old:3306",
			state: "rejoined",
			sinceMs: NOW - 1,
		});
		expect(await layAtOld(undefined, "shop")).toEqual(["old:3306", "vip:3306"]);
	});

	it("stays as it is when it is no longer what was read", async () => {
		await store.fences.put({ ...FENCE, state: "fenced" });
		expect(await store.fences.lay(FENCE, "old:3306", true)).toBeUndefined();
		expect(await store.fences.all()).toEqual([{ ...FENCE, state: "fenced" }]);
	});

	it("takes the place of one that was about another server", async () => {
		await store.fences.put({
			...FENCE,
			instance: "old:3306",
			state: "fenced",
			server: markOf(server("old", 9)),
		});
		await layAtOld(undefined, undefined);
		expect(await store.fences.open()).toEqual([
			{ ...FENCE, instance: "old:3306" },
		]);
	});
});
