import { setTimeout as delay } from "node:timers/promises";
import { NativeConnection } from "@temporalio/worker";
import { errors, errorText } from "../src/errors.ts";
import type { TemporalTarget } from "./target.ts";

/**
 * Connects, trying again until the time is over: the SDK itself tries only once.
 * @throws BatonError TemporalUnavailable naming the address
 */
export const connectTemporal = async (
	target: TemporalTarget,
	withinMs: number,
): Promise<NativeConnection> => {
	const untilMs = Date.now() + withinMs;
	for (;;)
		try {
			return await NativeConnection.connect({
				...target.options,
				// Gzip costs more time than it saves on small messages.
				grpcCompression: { codec: "none" },
			});
		} catch (error) {
			if (Date.now() > untilMs)
				throw errors.temporalNotReached(
					{ address: target.options.address, why: errorText(error) },
					{ cause: error },
				);
			await delay(100);
		}
};
