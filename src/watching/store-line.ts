import { setTimeout as delay } from "node:timers/promises";
import { errorText } from "../errors.ts";

/**
 * The watcher's way to the store.
 * 1. Nothing on it is waited for by a probe, an analysis or the telling of a finding.
 * 2. Trouble is said when it begins, once a minute while it lasts, and when it is over; not at each attempt.
 * 3. Attempts come less often while it lasts.
 */
export interface StoreLine {
	/** @returns whether the work was done; a failure is said here, and is for the caller to try again. */
	attempt(work: () => Promise<void>): Promise<boolean>;
	/** What is wrong now; empty when nothing is. */
	readonly trouble: string;
	/** Waits before the next attempt: nothing while all is well. */
	pause(signal: AbortSignal): Promise<void>;
}

interface StoreLineDeps {
	/** What is done on it: "write to the store". */
	readonly what: string;
	readonly nowMs: () => number;
	readonly log: { warn(text: string): void; info(text: string): void };
	/** The text of {@link StoreLine.trouble} changed. */
	readonly onTrouble: (trouble: string) => void;
	/** A piece of work that takes longer is trouble already, though it may still end well. Default 3 s. */
	readonly hungMs?: number;
}

const HUNG_MS = 3_000;
const SAID_AGAIN_MS = 60_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

export const createStoreLine = (deps: StoreLineDeps): StoreLine => {
	let trouble = "";
	let sinceMs = 0;
	let saidAtMs = 0;
	let pauseMs = 0;

	const troubled = (text: string): void => {
		const nowMs = deps.nowMs();
		if (trouble === "") sinceMs = nowMs;
		const isDue = trouble === "" || nowMs - saidAtMs >= SAID_AGAIN_MS;
		trouble = `cannot ${deps.what}: ${text}`;
		if (!isDue) return;
		saidAtMs = nowMs;
		deps.log.warn(
			`${trouble}; watching goes on with what is known, nothing seen is lost, and it is tried again`,
		);
		deps.onTrouble(trouble);
	};

	const well = (): void => {
		pauseMs = 0;
		if (trouble === "") return;
		trouble = "";
		const seconds = Math.round((deps.nowMs() - sinceMs) / 1000);
		deps.log.info(`can ${deps.what} again, after ${seconds} s`);
		deps.onTrouble("");
	};

	return {
		attempt: async (work) => {
			const hungMs = deps.hungMs ?? HUNG_MS;
			const hung = setTimeout(
				() => troubled(`no answer within ${hungMs / 1000} s`),
				hungMs,
			);
			try {
				await work();
				well();
				return true;
			} catch (error) {
				troubled(errorText(error));
				pauseMs = Math.min(
					LONGEST_PAUSE_MS,
					Math.max(FIRST_PAUSE_MS, pauseMs * 2),
				);
				return false;
			} finally {
				clearTimeout(hung);
			}
		},
		get trouble() {
			return trouble;
		},
		pause: async (signal) => {
			if (pauseMs > 0)
				await delay(pauseMs, undefined, { signal }).catch(() => undefined);
		},
	};
};
