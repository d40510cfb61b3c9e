import { CancelledFailure, Context } from "@temporalio/activity";
import { withShortSets } from "../src/topology/gtid/shortened.ts";

/** Well below the steps' heartbeat time-out, so that one late beat is no lost worker. Milliseconds. */
const BEAT_MS = 400;

/**
 * Beats while the work lasts: a process that dies or hangs is noticed, however long the work itself takes. What the work says goes
 * with each beat from then on, so that whoever looks from outside sees how far it is.
 * @throws CancelledFailure when the attempt was ended meanwhile, whatever the work made of that. One whose node is being stopped has
 * then neither failed nor been cancelled: the next attempt goes on with it.
 */
export const beating = async <T>(
	work: (say: (word: unknown) => void) => Promise<T>,
): Promise<T> => {
	const context = Context.current();
	let last: unknown;
	const timer = setInterval(() => context.heartbeat(last), BEAT_MS);
	try {
		return await work((word) => {
			last = withShortSets(word);
			context.heartbeat(last);
		});
	} catch (error) {
		const { aborted, reason } = context.cancellationSignal;
		throw aborted && reason instanceof CancelledFailure ? reason : error;
	} finally {
		clearInterval(timer);
	}
};
