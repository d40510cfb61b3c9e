/** Work takes at most about this share of the time when it is asked for without end. */
const SHARE = 0.1;
const LONGEST_MS = 1_000;

export interface Pacer<T> {
	ask(subject: T): void;
	close(): void;
}

/**
 * Does work about a subject soon after it is asked for, once for all that ask in one turn of the event loop. What took long is
 * done less often: a picture of a few servers is analysed at each event, one of thousands a few times a second.
 */
export const createPacer = <T extends object>(
	work: (subject: T) => void,
	nowMs: () => number = () => performance.now(),
): Pacer<T> => {
	const due = new Map<T, NodeJS.Timeout | NodeJS.Immediate>();
	const notBefore = new WeakMap<T, number>();

	const run = (subject: T): void => {
		due.delete(subject);
		const startedMs = nowMs();
		work(subject);
		const tookMs = nowMs() - startedMs;
		notBefore.set(
			subject,
			nowMs() + Math.min(LONGEST_MS, tookMs * (1 / SHARE - 1)),
		);
	};

	return {
		ask: (subject) => {
			if (due.has(subject)) return;
			const waitMs = (notBefore.get(subject) ?? 0) - nowMs();
			due.set(
				subject,
				waitMs >= 1
					? setTimeout(() => run(subject), waitMs)
					: setImmediate(() => run(subject)),
			);
		},
		close: () => {
			for (const handle of due.values()) {
				clearTimeout(handle as NodeJS.Timeout);
				clearImmediate(handle as NodeJS.Immediate);
			}
			due.clear();
		},
	};
};
