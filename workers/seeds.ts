import { setTimeout as delay } from "node:timers/promises";
import { errorText } from "../src/errors.ts";

const SEEDS_AGAIN_MS = 10_000;

/** DiscoverySeeds, until each has answered once; what keeps one from it is said when it changes. */
export const trySeeds = async (
	attempt: () => Promise<readonly string[]>,
	signal: AbortSignal,
	log: { warn(text: string): void },
): Promise<void> => {
	let said = "";
	while (!signal.aborted) {
		const failures = await attempt().catch((error: unknown) => [
			errorText(error),
		]);
		const text = failures.join("; ");
		if (text !== said && text !== "")
			log.warn(`seeds are tried until they answer: ${text}`);
		said = text;
		if (failures.length === 0) return;
		await delay(SEEDS_AGAIN_MS, undefined, { signal }).catch(() => undefined);
	}
};
