import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { madePrimary } from "../../test/support/made-primary.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import type { Fence, Store } from "../store/contract.ts";
import { isToBeShut } from "./shutting.ts";

let stores: TemporaryStores;
let store: Store;
let identity: string;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
	identity = await store.clusters.adopt("b:3306", ["a:3306", "b:3306"]);
});
afterEach(() => stores.remove());

/** As it was met when it was replaced, and another one at its address. */
const REPLACED = { serverUuid: "u-a", serverId: 1, executedGtid: "" };
const MARK = { uuid: "u-a", serverId: 1, gtid: "" };

const fence = (change: Partial<Fence> = {}) =>
	store.fences.put({
		instance: "a:3306",
		identity,
		successor: "b:3306",
		sinceMs: 1_000,
		state: "waiting",
		note: "",
		server: MARK,
		...change,
	});

/** @returns its epoch */
const runs = async (kind: string): Promise<number> => {
	const claimed = await store.operations.claim({
		identity,
		workflowId: "w",
		runId: kind,
		kind,
		// By the clock of a node that is far off.
		nowMs: 500,
	});
	if (!claimed.claimed) throw new Error("it is held");
	return claimed.epoch;
};

const isShut = (now = REPLACED) => isToBeShut(store, identity, "a:3306", now);

describe("a server that is back with its writes open is closed at once", () => {
	it("when the store says that it was replaced, and not otherwise", async () => {
		expect(await isShut()).toBe(false);
		await fence();
		expect(await isShut()).toBe(true);
		await fence({ state: "fenced" });
		expect(await isShut()).toBe(true);
		for (const change of [
			{ state: "rejoined" },
			// It may be the primary in all but name.
			{ state: "unaccounted" },
			{ identity: "other" },
		] as const) {
			await fence(change);
			expect(await isShut(), JSON.stringify(change)).toBe(false);
		}
	});

	it("unless it is the primary by now", async () => {
		await fence();
		await madePrimary(store, identity, "a:3306");
		expect(await isShut()).toBe(false);
	});

	it("unless it is another server, at its address", async () => {
		await fence();
		expect(await isShut({ ...REPLACED, serverUuid: "u-z" })).toBe(false);
	});

	it("unless an operation may be about to make it the primary, whenever that began by its own clock", async () => {
		await fence({ epoch: 0 });
		for (const kind of ["recovery", "takeover", "adoption"]) {
			await runs(kind);
			expect(await isShut(), kind).toBe(false);
			await store.operations.release(identity, kind);
		}
		await runs("rejoin");
		expect(await isShut()).toBe(true);
	});

	it("while the operation that has replaced it is under way", async () => {
		const epoch = await runs("recovery");
		await fence({ epoch });
		expect(await isShut()).toBe(true);
		await store.operations.release(identity, "recovery");
		await runs("takeover");
		expect(await isShut()).toBe(false);
	});
});
