import { Context } from "@temporalio/activity";

/** Well below the steps' heartbeat time-out (temporal.md §2), so that one late beat is no lost worker. Milliseconds. */
const BEAT_MS = 400;

/** Beats while the work lasts: a process that dies or hangs is noticed, however long the work itself takes. */
export const beating = async <T>(work: () => Promise<T>): Promise<T> => {
	const context = Context.current();
	const timer = setInterval(() => context.heartbeat(), BEAT_MS);
	try {
		return await work();
	} finally {
		clearInterval(timer);
	}
};
