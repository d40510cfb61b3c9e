import { ActivityCancellationDetails } from "@temporalio/common";
import { describe, expect, it } from "vitest";
import { overtakenSignal } from "./overtaken.ts";

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
