import type { LoadedConfiguration } from "../config/load.ts";
import type { Log } from "../log.ts";
import type { CliDependencies, Streams } from "./dependencies.ts";
import type { Flags } from "./flag-table.ts";

/** 0 done, 1 failed, 2 wrong flags. */
export type ExitCode = 0 | 1 | 2;

/** One invocation: what was asked for, and the ways to answer. */
export interface Invocation {
	readonly flags: Flags;
	readonly positional: readonly string[];
	readonly streams: Streams;
	readonly log: Log;
}

/** Watches and recovers, and with `http` answers the API and the pages, until a signal ends it. */
export const serve = (
	deps: CliDependencies,
	{ flags, log }: Invocation,
	loaded: LoadedConfiguration,
	http: boolean,
): Promise<void> =>
	deps.serve({
		loaded,
		http,
		discovery: flags.discovery,
		grabElection: flags.grabElection,
		log,
	});
