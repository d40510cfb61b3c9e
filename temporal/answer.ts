import { Connection } from "@temporalio/client";
import { errorText } from "../src/errors.ts";
import type { TemporalTarget } from "./target.ts";
import { isTooLate } from "./too-late.ts";

/**
 * Asks a Temporal server whether it is there, over a connection of its own.
 * @returns why it does not answer; empty when it does
 */
export const troubleAt = async (
	{ options }: TemporalTarget,
	withinMs: number,
): Promise<string> => {
	const { address, tls, apiKey } = options;
	let trouble = "";
	const asked = Connection.connect({
		address,
		connectTimeout: withinMs,
		// The node's own connection knows of no proxy either.
		channelArgs: { "grpc.enable_http_proxy": 0 },
		...(tls === undefined ? {} : { tls }),
		...(apiKey === undefined ? {} : { apiKey }),
	}).then(
		(connection) => connection.close(),
		(error: unknown) => {
			trouble = errorText(error);
		},
	);
	return (await isTooLate(withinMs, asked))
		? `no answer within ${withinMs} ms`
		: trouble;
};
