import { ApplicationFailure, CancelledFailure } from "@temporalio/common";
import { BatonError, errorText } from "../src/errors.ts";
import { ServerFault } from "../src/mysql/driver-error.ts";
import { shortened, withShortSets } from "../src/topology/gtid/shortened.ts";

const isOwnFault = (error: unknown): boolean =>
	error instanceof TypeError ||
	error instanceof RangeError ||
	error instanceof ReferenceError;

/** Any thrown value as a Temporal failure: the catalogue's code as its type, and whether a retry can help. Nothing but the message goes into the history. */
export const applicationFailure = (error: unknown): ApplicationFailure => {
	if (error instanceof ApplicationFailure) return error;
	const known =
		error instanceof BatonError
			? error
			: error instanceof ServerFault
				? error.toBatonError("server")
				: new BatonError("Internal", errorText(error));
	return ApplicationFailure.create({
		message: shortened(known.message),
		type: known.code,
		// What a fault in our own code made of its input it makes again: the operation ends and lets go of the cluster.
		// Busy may pass, but whoever asked is told at once.
		nonRetryable:
			known.code === "Busy" ||
			isOwnFault(error) ||
			(!known.kind.retryable && known.code !== "Internal"),
	});
};

/** Every activity of the object, its errors translated; what it answers is small, whatever GTID sets it is about. */
export const translated = <
	T extends Record<string, (input: never) => Promise<unknown>>,
>(
	activities: T,
): T =>
	Object.fromEntries(
		Object.entries(activities).map(([name, run]) => [
			name,
			async (input: never) => {
				try {
					return withShortSets(await run(input));
				} catch (error) {
					// Temporal makes of it what it is: cancelled, or cut off and to be tried again.
					if (error instanceof CancelledFailure) throw error;
					throw applicationFailure(error);
				}
			},
		]),
	) as T;
