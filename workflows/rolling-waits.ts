import {
	CancellationScope,
	condition,
	isCancellation,
} from "@temporalio/workflow";
import type { RollingAsking } from "./rolling-asking.ts";
import type { RollingState } from "./rolling-state.ts";

/** A wait is looked at by one activity for so long; then it is told anew what is waited for. Milliseconds. */
const FIRST_ROUND_MS = 10_000;
const ROUND_MS = 60_000;

/** The downtime of a server that is out is lengthened each hour. */
export const LENGTHEN_EVERY = "1 hour";

export const roundMs = (round: number): number =>
	round === 0 ? FIRST_ROUND_MS : ROUND_MS;

/** A round of waiting that is broken off when a person has said what it is to be broken off for. @returns undefined when it was */
export const unlessTold = async <T>(
	isTold: () => boolean,
	work: () => Promise<T>,
): Promise<T | undefined> => {
	const scope = new CancellationScope();
	const watch = new CancellationScope();
	watch
		.run(() => condition(isTold))
		.then(() => scope.cancel())
		.catch(() => undefined);
	try {
		const came = await scope.run(work);
		return isTold() ? undefined : came;
	} catch (error) {
		if (isCancellation(error)) return undefined;
		throw error;
	} finally {
		watch.cancel();
	}
};

/**
 * Between two parts, and whenever something waits: whether it may go on. A pause is waited through; the downtime goes on meanwhile.
 */
export const mayGoOn = async (
	state: RollingState,
	{ show, lengthen }: Pick<RollingAsking, "show" | "lengthen">,
): Promise<boolean> => {
	state.settle(Date.now());
	if (state.isHeld) await show();
	while (state.isHeld) {
		const goesOn = await condition(() => !state.isHeld, LENGTHEN_EVERY);
		if (!goesOn) await lengthen();
	}
	return !state.isCancelled;
};
