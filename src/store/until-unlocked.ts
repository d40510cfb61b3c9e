import { setTimeout as sleep } from "node:timers/promises";

const BUSY_DEADLINE_MS = 5000;
const LONGEST_PAUSE_MS = 50;

/** Makes the attempt again while it fails because of another process, up to a deadline. */
export const untilUnlocked = async <T>(
	isBusy: (error: unknown) => boolean,
	attempt: () => Promise<T>,
): Promise<T> => {
	const deadline = performance.now() + BUSY_DEADLINE_MS;
	for (;;) {
		try {
			return await attempt();
		} catch (error) {
			if (!isBusy(error) || performance.now() > deadline) throw error;
			// Not all waiters at once: they would meet again.
			await sleep(1 + Math.random() * LONGEST_PAUSE_MS);
		}
	}
};
