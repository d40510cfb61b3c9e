import { setTimeout as delay } from "node:timers/promises";
import {
	NativeConnection,
	type NativeConnectionOptions,
} from "@temporalio/worker";
import type { Configuration } from "../src/config/keys.ts";
import { BatonError, errorText } from "../src/errors.ts";

/** Where Temporal is, as the configuration says; an empty address means the embedded server. */
export interface TemporalTarget {
	readonly address: string;
	readonly namespace: string;
	readonly apiKey: string;
	readonly tls: boolean;
}

export const targetOf = (
	config: Configuration,
	address: string,
): TemporalTarget => ({
	address,
	namespace: config.BatonTemporalNamespace,
	apiKey: config.BatonTemporalApiKey,
	tls: config.BatonTemporalTLS,
});

/**
 * Connects, trying again until the time is over: the SDK itself tries only once.
 * @throws BatonError TemporalUnavailable naming the address
 */
export const connectTemporal = async (
	target: TemporalTarget,
	withinMs: number,
): Promise<NativeConnection> => {
	const options: NativeConnectionOptions = {
		address: target.address,
		// Gzip costs more time than it saves on small messages (temporal.md §2).
		grpcCompression: { codec: "none" },
		...(target.tls || target.apiKey !== "" ? { tls: true } : {}),
		...(target.apiKey === "" ? {} : { apiKey: target.apiKey }),
	};
	const untilMs = Date.now() + withinMs;
	for (;;)
		try {
			return await NativeConnection.connect(options);
		} catch (error) {
			if (Date.now() > untilMs)
				throw new BatonError(
					"TemporalUnavailable",
					`Temporal does not answer at ${target.address}: ${errorText(error)}; check BatonTemporalAddress, or leave it empty for the embedded server`,
					{ cause: error },
				);
			await delay(100);
		}
};
