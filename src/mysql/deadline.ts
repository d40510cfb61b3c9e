/** A timer may be so late without this process having stood still. Milliseconds. */
const LATE_MS = 20;

/**
 * Calls `missed` when so much time has passed, unless it is ended before. Time in which this process itself stood still (a busy
 * machine, a long computation, SIGSTOP) is not held against the other side: it is given again, as much as the whole in all, and what
 * has arrived meanwhile is read first.
 * @returns ends it
 */
export const startDeadline = (
	afterMs: number,
	missed: () => void,
): (() => void) => {
	let timer: NodeJS.Timeout | undefined;
	let lastRead: NodeJS.Immediate | undefined;
	let givenMs = 0;
	const wait = (forMs: number): void => {
		const dueMs = performance.now() + forMs;
		timer = setTimeout(() => {
			const lateMs = performance.now() - dueMs;
			const againMs = Math.min(lateMs, afterMs - givenMs);
			givenMs += againMs;
			if (lateMs > LATE_MS && againMs > 0) wait(againMs);
			// Timers run before sockets are read, immediates after.
			else lastRead = setImmediate(missed);
		}, forMs);
	};
	wait(afterMs);
	return () => {
		clearTimeout(timer);
		clearImmediate(lastRead);
	};
};

/** What is left until a moment of the monotonic clock, but never so little of the whole that an answer could not arrive. */
export const leftUntil = (endMs: number, wholeMs: number): number =>
	Math.max(wholeMs / 4, endMs - performance.now());

/** Whether the work takes longer than that, by the same measure. */
export const takesLonger = async (
	thanMs: number,
	work: Promise<unknown>,
): Promise<boolean> => {
	let end = (): void => undefined;
	const late = new Promise<boolean>((resolve) => {
		end = startDeadline(thanMs, () => resolve(true));
	});
	try {
		return await Promise.race([work.then(() => false), late]);
	} finally {
		end();
	}
};
