import { Client } from "@temporalio/client";
import type { NativeConnection } from "@temporalio/worker";
import { locateTemporal } from "../setup/locate.mjs";
import { createEnvironment } from "../src/config/environment.ts";
import type { Configuration } from "../src/config/keys.ts";
import { errors } from "../src/errors.ts";
import { connectTemporal } from "../temporal/connection.ts";
import {
	type Embedded,
	embeddedDirectory,
	findEmbedded,
	startEmbedded,
} from "../temporal/embedded.ts";
import { siteTemporal, targetAt } from "../temporal/target.ts";

export interface TemporalSession {
	readonly connection: NativeConnection;
	readonly client: Client;
	readonly namespace: string;
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

/** How long a server may take that starts together with its node. Milliseconds. */
const NODE_WAITS_MS = 15_000;
/** Whoever gives a command is told soon that there is nobody to take it. Milliseconds. */
const COMMAND_WAITS_MS = 3_000;

/** Where the site's Temporal is; undefined when there is none but this node's own. */
export const siteAddress = (config: Configuration): string | undefined =>
	siteTemporal(config, createEnvironment())?.options.address;

/** The site's Temporal, or the embedded one: found running, or started for as long as this process needs it. */
export const openTemporal = async (
	options: Options,
): Promise<TemporalSession> => {
	const { config } = options;
	const site = siteTemporal(config, createEnvironment());
	const at =
		site === undefined
			? await embeddedServer(options)
			: {
					address: site.options.address,
					uiAddress: "",
					stop: async () => undefined,
				};
	const target = site ?? targetAt(config, at.address);
	const connection = await connectTemporal(
		target,
		options.shared === true ? COMMAND_WAITS_MS : NODE_WAITS_MS,
	);
	return {
		connection,
		// The worker's own connection: eager hand-over of a started workflow's first task needs it.
		client: new Client({
			connection,
			namespace: target.namespace,
			identity: options.identity,
		}),
		namespace: target.namespace,
		address: at.address,
		uiAddress: at.uiAddress,
		close: async () => {
			await connection.close();
			await at.stop();
		},
	};
};

const embeddedServer = async ({
	config,
	log,
	shared,
}: Options): Promise<Embedded> => {
	const directory = embeddedDirectory(config.BatonDataDirectory);
	if (shared === true) {
		const found = await findEmbedded(directory);
		if (found !== undefined) return { ...found, stop: async () => undefined };
	}
	const program = locateTemporal();
	if (program === undefined) throw errors.noTemporalProgram();
	return startEmbedded({
		program,
		directory,
		namespace: config.BatonTemporalNamespace,
		log,
	});
};
