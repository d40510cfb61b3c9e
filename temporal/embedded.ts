import { accessSync, constants, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { errors, errorText } from "../src/errors.ts";
import {
	isOurs,
	type LaunchOptions,
	launch,
	launchFirst,
	readState,
	type State,
} from "./embedded-launch.ts";
import { end, isListening } from "./server-process.ts";

/**
 * The embedded Temporal server: `temporal server start-dev` as a child of this node, its data in a SQLite file, so that
 * what runs survives both. A server that outlived its node (kill -9) is found again by its state file and used.
 * The settings were measured.
 */
export interface Embedded {
	readonly address: string;
	readonly uiAddress: string;
	/** Ends the server; one that was found running is ended too, since it was this installation's. */
	stop(): Promise<void>;
}

/** Where the embedded server's database, log and state are. */
export const embeddedDirectory = (dataDirectory: string): string =>
	join(dataDirectory, "temporal");

/** The server that this directory had last, whether it runs or not. */
export const lastEmbedded = (
	directory: string,
): { readonly address: string; readonly isRunning: boolean } | undefined => {
	const state = readState(directory);
	return (
		state && { address: addresses(state).address, isRunning: isOurs(state) }
	);
};

/** The server of this directory if it runs, whoever started it. */
export const findEmbedded = async (
	directory: string,
): Promise<Pick<Embedded, "address" | "uiAddress"> | undefined> => {
	const state = readState(directory);
	return state !== undefined && isOurs(state) && (await isListening(state.port))
		? addresses(state)
		: undefined;
};

const addresses = (state: Pick<State, "port" | "uiPort">) => ({
	address: `127.0.0.1:${state.port}`,
	uiAddress: `http://127.0.0.1:${state.uiPort}`,
});

/** @throws BatonError BadConfiguration when nothing can be kept there */
const prepare = (directory: string): void => {
	try {
		mkdirSync(directory, { recursive: true, mode: 0o700 });
		accessSync(directory, constants.W_OK | constants.X_OK);
	} catch (cause) {
		throw errors.temporalDirectory(
			{ directory, why: errorText(cause) },
			{ cause },
		);
	}
};

/** Starts the server, or takes up the one that runs, and starts it again whenever it ends. */
export const startEmbedded = async (
	options: LaunchOptions,
): Promise<Embedded> => {
	prepare(options.directory);
	const known = readState(options.directory);
	let state: State;
	if (known !== undefined && isOurs(known) && (await isListening(known.port))) {
		options.log.info(
			`found the embedded Temporal of before at 127.0.0.1:${known.port}`,
		);
		state = known;
	} else state = await launchFirst(options);
	let stopping = false;
	const watching = (async () => {
		while (!stopping) {
			await delay(250);
			if (stopping || isOurs(state)) continue;
			options.log.warn(
				"blind: the embedded Temporal has ended; starting it again",
			);
			try {
				// At the same address: the node is connected to it.
				state = await launch(options, state);
				options.log.info(
					`the embedded Temporal is back at 127.0.0.1:${state.port}`,
				);
			} catch (error) {
				options.log.warn(
					`blind: the embedded Temporal does not come up: ${errorText(error)}`,
				);
				await delay(1_000);
			}
		}
	})();
	return {
		...addresses(state),
		stop: async () => {
			stopping = true;
			await watching;
			if (!isOurs(state)) return;
			end(state.pid, "SIGTERM");
			for (let round = 0; round < 100 && isOurs(state); round++)
				await delay(50);
			if (isOurs(state)) end(state.pid, "SIGKILL");
		},
	};
};
