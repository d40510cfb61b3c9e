import { setTimeout as delay } from "node:timers/promises";
import { errorText } from "../errors.ts";

/** Does some work over and over, a while after its last end, until the signal says stop. A round that fails is told, and the next one follows. */
export const createRounds =
	(log: { warn(text: string): void }) =>
	async (
		signal: AbortSignal,
		ms: () => number,
		work: () => unknown,
	): Promise<void> => {
		while (!signal.aborted) {
			try {
				await work();
			} catch (error) {
				log.warn(`watching goes on although: ${errorText(error)}`);
			}
			await delay(ms(), undefined, { signal }).catch(() => undefined);
		}
	};
