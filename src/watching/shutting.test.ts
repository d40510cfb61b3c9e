import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { madePrimary } from "../../test/support/made-primary.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import type { Fence, Store } from "../store/contract.ts";
import { NO_MARK } from "../topology/server-mark.ts";
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

const FENCED_AT_MS = 1_000;

const fence = (change: Partial<Fence> = {}) =>
	store.fences.put({
		instance: "a:3306",
		identity,
		successor: "b:3306",
		sinceMs: FENCED_AT_MS,
		state: "waiting",
		note: "",
		server: NO_MARK,
		...change,
	});

const runs = (kind: string, nowMs: number) =>
	store.operations.claim({
		identity,
		workflowId: "w",
		runId: kind,
		kind,
		nowMs,
	});

const isShut = () => isToBeShut(store, identity, "a:3306");

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

	it("unless an operation may be about to open it", async () => {
		await fence();
		await runs("recovery", FENCED_AT_MS + 1);
		expect(await isShut()).toBe(false);
		await store.operations.release(identity, "recovery");
		await runs("rejoin", FENCED_AT_MS + 1);
		expect(await isShut()).toBe(true);
	});

	it("while the operation that has replaced it is under way", async () => {
		await fence();
		await runs("recovery", FENCED_AT_MS - 1);
		expect(await isShut()).toBe(true);
	});
});
