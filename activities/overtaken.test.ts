import { ActivityCancellationDetails } from "@temporalio/common";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { errors } from "../src/errors.ts";
import type { Store } from "../src/store/contract.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../test/support/temporary-stores.ts";
import { againWhereOwn, overtakenSignal } from "./overtaken.ts";

const endedBy = (
	given: ConstructorParameters<typeof ActivityCancellationDetails>[0],
	isBefore = false,
): AbortSignal => {
	const ends = new AbortController();
	const context = {
		cancellationSignal: ends.signal,
		cancellationDetails: new ActivityCancellationDetails(given),
	};
	if (isBefore) ends.abort(new Error("ended"));
	const overtaken = overtakenSignal(context);
	if (!isBefore) ends.abort(new Error("ended"));
	return overtaken;
};

describe("another try has the place of one", () => {
	it("that ran out of time, is not known any more, was paused or reset", () => {
		for (const why of ["timedOut", "notFound", "paused", "reset"] as const)
			for (const isBefore of [true, false]) {
				const { aborted, reason } = endedBy({ [why]: true }, isBefore);
				expect([why, aborted, String(reason)]).toEqual([
					why,
					true,
					"Error: ended",
				]);
			}
	});

	it("but not of one whose operation is ended, or whose node is stopped", () => {
		for (const why of ["cancelRequested", "workerShutdown"] as const)
			expect(endedBy({ [why]: true }).aborted).toBe(false);
		expect(endedBy(undefined).aborted).toBe(false);
	});
});

describe("a try that met a claim of another one", () => {
	let stores: TemporaryStores;
	let store: Store;
	beforeEach(async () => {
		stores = temporaryStores();
		store = await stores.open();
		await store.operations.claim({
			identity: "c",
			workflowId: "w",
			runId: "holder",
			kind: "recovery",
			nowMs: 1,
		});
	});
	afterEach(() => stores.remove());

	const superseded = errors.overtaken({ cluster: "c" });
	const thrown = (runId: string, error: unknown) =>
		againWhereOwn(store, { identity: "c", runId }, error);

	it("of its own run is made again, and of another one is not", async () => {
		expect(await thrown("holder", superseded)).toMatchObject({
			type: "Superseded",
			nonRetryable: false,
		});
		expect(await thrown("pushed aside", superseded)).toBe(superseded);
		await store.operations.release("c", "holder");
		expect(await thrown("holder", superseded)).toBe(superseded);
	});

	it("has failed as it has where that was about something else", async () => {
		const busy = errors.noop({ kind: "takeover" });
		expect(await thrown("holder", busy)).toBe(busy);
	});
});
