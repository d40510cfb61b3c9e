import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import { errors } from "../src/errors.ts";

/** Between two questions whether Temporal is still there. Milliseconds. */
const ASK_EVERY_MS = 1_000;
/** A busy machine may miss one answer. */
const MOST_MISSED = 2;

interface AcceptanceDeps {
	readonly client: Pick<Client, "withAbortSignal">;
	/** Whether Temporal answers now; takes a second at most. */
	readonly isReachable: () => Promise<boolean>;
	readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const pauseFor = (ms: number, signal: AbortSignal): Promise<void> =>
	delay(ms, undefined, { signal, ref: false }).catch(() => undefined);

/**
 * Hands a request to Temporal, which may have hung while its port is open: nothing is sent to one that does not answer, and one that
 * falls silent before it has accepted the request is not waited for.
 * @throws BatonError TemporalUnavailable
 */
export const createAcceptance = ({
	client,
	isReachable,
	pause = pauseFor,
}: AcceptanceDeps) => {
	/** Ends when Temporal has fallen silent, or when it is no longer asked. */
	const silence = async (ended: AbortSignal): Promise<void> => {
		for (let missed = 0; missed < MOST_MISSED; ) {
			await pause(ASK_EVERY_MS, ended);
			if (ended.aborted) return;
			missed = (await isReachable()) ? 0 : missed + 1;
		}
	};

	return async <T>(ask: () => Promise<T>): Promise<T> => {
		if (!(await isReachable())) throw errors.temporalSilent();
		const ended = new AbortController();
		const asked = client.withAbortSignal(ended.signal, ask);
		try {
			return await Promise.race([
				asked,
				silence(ended.signal).then((): never => {
					throw errors.temporalFellSilent();
				}),
			]);
		} finally {
			// What is still under way has lost: nobody hears how it ends.
			asked.catch(() => undefined);
			ended.abort();
		}
	};
};
