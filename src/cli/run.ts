import { withValues } from "../config/keys.ts";
import type { LoadedConfiguration } from "../config/load.ts";
import { BatonError, errorText } from "../errors.ts";
import { commandNamed } from "./command-table.ts";
import type { CliDependencies, Streams } from "./dependencies.ts";
import { ALL_FLAGS, type Flags, flagsOf } from "./flag-table.ts";
import { flagListing, parseFlags } from "./flags.ts";
import { cheatSheet, shortUsage, topicText, unknownCommand } from "./help.ts";
import { type ExitCode, type Invocation, serve } from "./invocation.ts";
import { createLog, levelOf } from "./log.ts";
import { checkFlags, checkRaft, modeOf } from "./mode.ts";
import { runCommand } from "./run-command.ts";

export interface Cli {
	/** Runs one invocation. Never throws: what goes wrong is a FATAL line on stderr and the exit code. */
	run(argv: readonly string[], streams: Streams): Promise<ExitCode>;
}

export const createCli = (deps: CliDependencies): Cli => ({
	run: async (argv, streams) => {
		const parsed = parseFlags(argv, ALL_FLAGS);
		if (parsed.kind !== "parsed") {
			if (parsed.kind === "error") streams.stderr(`${parsed.message}\n`);
			streams.stderr(flagListing(deps.program, ALL_FLAGS));
			return parsed.kind === "error" ? 2 : 0;
		}
		const flags = flagsOf(parsed.values);
		if (flags.version) {
			streams.stdout(`${deps.version}\n${deps.commit}\n`);
			return 0;
		}
		const log = createLog(levelOf(flags), streams.stderr, deps.nowMs);
		try {
			checkFlags(flags, parsed.values);
			return await runInvocation(deps, {
				flags,
				positional: parsed.positional,
				streams,
				log,
			});
		} catch (error) {
			log.fatal(errorText(error));
			if (flags.stack && error instanceof Error)
				streams.stderr(`${error.stack}\n`);
			return error instanceof BatonError ? error.kind.exitCode : 1;
		}
	},
});

const runInvocation = async (
	deps: CliDependencies,
	invocation: Invocation,
): Promise<ExitCode> => {
	const { flags, positional, streams } = invocation;
	const loaded = withOverrides(deps.loadConfiguration(flags.config), flags);
	const log = loaded.config.Debug
		? createLog(levelOf({ ...flags, debug: true }), streams.stderr, deps.nowMs)
		: invocation.log;
	log.info(
		`starting ${deps.program}, version: ${deps.version}, git commit: ${deps.commit}`,
	);
	for (const file of loaded.files) log.info(`Read config: ${file}`);
	const mode = modeOf(flags.command, positional);
	switch (mode.kind) {
		case "cheat-sheet":
			streams.stdout(cheatSheet(deps.program));
			return 0;
		case "usage":
			streams.stderr(shortUsage(deps.program, mode.word));
			return 1;
		case "topic":
			streams.stdout(topicText(mode.topic));
			if (commandNamed(mode.topic) !== undefined) return 0;
			// Beside the empty text, with which the reference answers 0: a word that was mistyped is not taken for helped.
			log.fatal(unknownCommand(deps.program, mode.topic));
			return 1;
		case "http":
			await serve(deps, { ...invocation, log }, loaded, true);
			return 0;
		case "command":
			checkRaft(loaded, flags);
			return runCommand(deps, { ...invocation, log }, loaded, mode.name);
		case "why":
			checkRaft(loaded, flags);
			return runCommand(
				deps,
				{
					...invocation,
					log,
					flags: { ...flags, alias: mode.hint || flags.alias },
				},
				loaded,
				"why",
			);
	}
};

const withOverrides = (
	loaded: LoadedConfiguration,
	flags: Flags,
): LoadedConfiguration =>
	flags.enableDatabaseUpdate
		? {
				...loaded,
				config: withValues(loaded.config, {
					SkipOrchestratorDatabaseUpdate: false,
				}),
			}
		: loaded;
