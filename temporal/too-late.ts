import { setTimeout as delay } from "node:timers/promises";

/** Whether the work takes longer than that. It is not ended by it. @throws what the work throws in time */
export const isTooLate = async (
	thanMs: number,
	work: Promise<unknown>,
): Promise<boolean> => {
	const ended = new AbortController();
	try {
		return await Promise.race([
			work.then(() => false),
			delay(thanMs, true, { signal: ended.signal }).catch(() => false),
		]);
	} finally {
		ended.abort();
	}
};
