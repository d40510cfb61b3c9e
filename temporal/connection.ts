import { setTimeout as delay } from "node:timers/promises";
import { NativeConnection } from "@temporalio/worker";
import { errors, errorText } from "../src/errors.ts";
import type { TemporalTarget } from "./target.ts";
import { isTooLate } from "./too-late.ts";

/** Between two tries. Milliseconds. */
const AGAIN_MS = 100;

const connected = async (
	{ options }: TemporalTarget,
	withinMs: number,
): Promise<NativeConnection> => {
	const connecting = NativeConnection.connect({
		...options,
		// Gzip costs more time than it saves on small messages.
		grpcCompression: { codec: "none" },
	});
	if (!(await isTooLate(withinMs, connecting))) return connecting;
	// It is never used; a server that has hung may still take it.
	connecting.then(
		(late) => late.close(),
		() => undefined,
	);
	throw new Error(`no answer within ${withinMs} ms`);
};

/**
 * Connects, trying again until the time is over: the SDK itself tries only once, and waits long for a server that has hung.
 * @throws BatonError TemporalUnavailable naming the address
 */
export const connectTemporal = async (
	target: TemporalTarget,
	withinMs: number,
): Promise<NativeConnection> => {
	const untilMs = Date.now() + withinMs;
	for (;;)
		try {
			return await connected(target, untilMs - Date.now());
		} catch (error) {
			if (Date.now() + AGAIN_MS >= untilMs)
				throw errors.temporalNotReached(
					{ address: target.options.address, why: errorText(error) },
					{ cause: error },
				);
			await delay(AGAIN_MS);
		}
};
