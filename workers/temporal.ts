import { join } from "node:path";
import { Client } from "@temporalio/client";
import type { NativeConnection } from "@temporalio/worker";
import { locateTemporal } from "../setup/locate.mjs";
import type { Configuration } from "../src/config/keys.ts";
import { BatonError } from "../src/errors.ts";
import { connectTemporal, targetOf } from "../temporal/connection.ts";
import { findEmbedded, startEmbedded } from "../temporal/embedded.ts";

export interface TemporalSession {
	readonly connection: NativeConnection;
	readonly client: Client;
	readonly address: string;
	/** Empty for a server of the site's own: its UI's address is not known. */
	readonly uiAddress: string;
	close(): Promise<void>;
}

interface Options {
	readonly config: Configuration;
	readonly identity: string;
	readonly log: { info(text: string): void; warn(text: string): void };
	/** Leave an embedded server that another process started running at the end. */
	readonly shared?: boolean;
}

export const temporalDirectory = (config: Configuration): string =>
	join(config.BatonDataDirectory, "temporal");

/** The configured Temporal, or the embedded one: found running, or started for as long as this process needs it. */
export const openTemporal = async (
	options: Options,
): Promise<TemporalSession> => {
	const { config } = options;
	const at = await serverFor(options);
	const connection = await connectTemporal(
		targetOf(config, at.address),
		15_000,
	);
	return {
		connection,
		// The worker's own connection: eager hand-over of a started workflow's first task needs it.
		client: new Client({
			connection,
			namespace: config.BatonTemporalNamespace,
			identity: options.identity,
		}),
		address: at.address,
		uiAddress: at.uiAddress,
		close: async () => {
			await connection.close();
			await at.stop();
		},
	};
};

const serverFor = async ({
	config,
	log,
	shared,
}: Options): Promise<{
	address: string;
	uiAddress: string;
	stop(): Promise<void>;
}> => {
	if (config.BatonTemporalAddress !== "")
		return {
			address: config.BatonTemporalAddress,
			uiAddress: "",
			stop: async () => undefined,
		};
	const directory = temporalDirectory(config);
	if (shared === true) {
		const found = await findEmbedded(directory);
		if (found !== undefined) return { ...found, stop: async () => undefined };
	}
	const program = locateTemporal();
	if (program === undefined)
		throw new BatonError(
			"SetupMissing",
			"no Temporal server: the program 'temporal' is not on PATH and TEMPORAL_CLI does not name it; install the Temporal CLI, or name a running server with BatonTemporalAddress",
		);
	return startEmbedded({
		program,
		directory,
		namespace: config.BatonTemporalNamespace,
		log,
	});
};
