import { AnswerError } from "../compat/answer-error.ts";
import { errorJson } from "../compat/json/envelope.ts";
import { type Json, toGoJson } from "../compat/json/go-json.ts";
import { withValues } from "../config/keys.ts";
import type { LoadedConfiguration } from "../config/load.ts";
import { BatonError, errors, errorText } from "../errors.ts";
import { oneLine } from "../one-line.ts";
import { commandNamed } from "./command-table.ts";
import { completionOf } from "./completion.ts";
import type { CliDependencies, Streams } from "./dependencies.ts";
import { ALL_FLAGS, type Flags, flagsOf } from "./flag-table.ts";
import {
	flagListing,
	type ParsedFlags,
	parseFlags,
	parseFlagsAnywhere,
} from "./flags.ts";
import {
	cheatSheet,
	plainTopic,
	shortUsage,
	topicJson,
	topicText,
	unknownCommand,
	unknownWord,
} from "./help.ts";
import { type ExitCode, type Invocation, serve } from "./invocation.ts";
import { withBrackets } from "./ipv6-names.ts";
import { createLog, levelOf } from "./log.ts";
import { checkFlags, checkRaft, isPlain, type Mode, modeOf } from "./mode.ts";
import { refuseUntaken } from "./own-flags.ts";
import { plainCommand, valuesOfWords } from "./plain-words.ts";
import { runCommand } from "./run-command.ts";
import { tellUnread } from "./unread.ts";

export interface Cli {
	/** Runs one invocation. Never throws: what goes wrong is a FATAL line on stderr and the exit code. */
	run(argv: readonly string[], streams: Streams): Promise<ExitCode>;
}

/** One line of JSON. */
const tellJson = (streams: Streams, value: Json): void =>
	streams.stdout(`${toGoJson(value)}\n`);

/** A failure as the API's envelope, beside the line on stderr; the text of one that is not of the catalogue is in that line, too. */
const tellFailure = (streams: Streams, error: unknown): void =>
	tellJson(
		streams,
		errorJson(
			errorText(error),
			error instanceof AnswerError ? error.details : null,
		),
	);

/** What cannot be read as flags may ask for JSON all the same. */
const asksForJson = (argv: readonly string[]): boolean =>
	argv.some((word) => /^--?json(?:=|$)/.test(word));

const runUnread = (
	deps: CliDependencies,
	argv: readonly string[],
	parsed: Exclude<ParsedFlags, { readonly kind: "parsed" }>,
	streams: Streams,
): ExitCode => {
	const isJson = asksForJson(argv);
	const asked = parsed.kind === "help" ? plainCommand(parsed.word) : undefined;
	if (asked !== undefined) {
		if (isJson) tellJson(streams, topicJson(asked));
		else streams.stdout(plainTopic(deps.program, asked));
		return 0;
	}
	if (parsed.kind === "help") {
		streams.stderr(flagListing(deps.program, ALL_FLAGS));
		return 0;
	}
	// Without the listing, which would scroll it away: it says where that is.
	streams.stderr(`${oneLine(parsed.error.message)}\n`);
	if (isJson) tellFailure(streams, parsed.error);
	return parsed.error.kind.exitCode;
};

export const createCli = (deps: CliDependencies): Cli => ({
	run: async (argv, streams) => {
		const parsed = parseLine(argv);
		if (parsed.kind !== "parsed") return runUnread(deps, argv, parsed, streams);
		const flags = flagsOf(parsed.values);
		const mode = modeOf(flags.command, parsed.positional);
		if (flags.version || mode.kind === "version") {
			if (flags.json)
				tellJson(streams, { Version: deps.version, Commit: deps.commit });
			else streams.stdout(`${deps.version}\n${deps.commit}\n`);
			return 0;
		}
		const shown = streamsFor(mode, flags, streams);
		const log = createLog(
			levelOf(flags),
			shown.stderr,
			deps.nowMs,
			flags.quiet,
		);
		try {
			checkFlags(flags, parsed.values, mode);
			const typed =
				mode.kind === "plain"
					? {
							flags: flagsOf(valuesOfWords(mode, parsed), true),
							positional: [],
						}
					: { flags, positional: parsed.positional };
			return await runInvocation(deps, { ...typed, streams: shown, log }, mode);
		} catch (error) {
			log.fatal(errorText(error));
			if (flags.stack && error instanceof Error)
				shown.stderr(`${error.stack}\n`);
			// Behind a word that is none of the modes flags are not read.
			const isJson = flags.json || (mode.kind === "usage" && asksForJson(argv));
			if (isJson) tellFailure(streams, error);
			return error instanceof BatonError ? error.kind.exitCode : 1;
		}
	},
});

/** What Baton's own form prints can be typed again, and is in colour where a person reads it. The drop-in form is the reference's. */
const streamsFor = (
	{ kind }: Mode,
	{ json }: Pick<Flags, "json">,
	streams: Streams,
): Streams => {
	if (kind !== "plain" || json) return streams;
	const { stdout, stderr } = streams.coloured ?? streams;
	return {
		...streams,
		stdout: (text) => stdout(withBrackets(text)),
		stderr: (text) => stderr(withBrackets(text)),
	};
};

/** As in the reference; in Baton's own form flags count behind words as well, and so they do behind help where one is Baton's own. */
const parseLine = (argv: readonly string[]): ParsedFlags => {
	const parsed = parseFlags(argv, ALL_FLAGS);
	if (parsed.kind !== "parsed") return parsed;
	const [word = ""] = parsed.positional;
	return isPlain(String(parsed.values["c"]), word) ||
		(word === "help" && asksForJson(argv))
		? parseFlagsAnywhere(argv, ALL_FLAGS)
		: parsed;
};

const runInvocation = async (
	deps: CliDependencies,
	invocation: Invocation,
	mode: Mode,
): Promise<ExitCode> => {
	const { flags, positional, streams } = invocation;
	const loaded = withOverrides(deps.loadConfiguration(flags.config), flags);
	const log = loaded.config.Debug
		? createLog(
				levelOf({ ...flags, debug: true }),
				streams.stderr,
				deps.nowMs,
				flags.quiet,
			)
		: invocation.log;
	log.info(
		`starting ${deps.program}, version: ${deps.version}, git commit: ${deps.commit}`,
	);
	for (const file of loaded.files) log.info(`Read config: ${file}`);
	switch (mode.kind) {
		case "cheat-sheet":
			streams.stdout(cheatSheet(deps.program));
			return 0;
		case "usage":
			streams.stderr(shortUsage(deps.program));
			throw unknownWord(deps.program, mode.word, flags.command);
		case "topic":
			tellUnread(log, positional);
			return tellTopic(deps, streams, mode.topic, flags.json);
		case "http":
			return serveHttp(deps, { ...invocation, log }, loaded);
		case "command":
			checkRaft(loaded, flags);
			return runCommand(deps, { ...invocation, log }, loaded, mode.name);
		case "plain":
			checkRaft(loaded, flags);
			return runCommand(
				deps,
				{ ...invocation, log },
				loaded,
				mode.command.name,
			);
		case "completion":
			streams.stdout(completionOf(deps.program, mode.shell));
			return 0;
		case "version":
			return 0;
	}
};

const tellTopic = (
	deps: CliDependencies,
	streams: Streams,
	topic: string,
	isJson: boolean,
): ExitCode => {
	const command = commandNamed(topic);
	if (!isJson) streams.stdout(topicText(topic));
	// Beside the empty text, with which the reference answers 0: a word that was mistyped is not taken for helped.
	if (command === undefined) throw unknownCommand(deps.program, topic);
	if (isJson) tellJson(streams, topicJson(command));
	return 0;
};

const serveHttp = async (
	deps: CliDependencies,
	invocation: Invocation,
	loaded: LoadedConfiguration,
): Promise<ExitCode> => {
	const { flags, log, positional } = invocation;
	refuseUntaken({ name: "http", flags: [] }, flags);
	tellUnread(log, positional);
	if (flags.command !== "")
		log.error(
			errors.twoCommands({ command: flags.command, other: "http" }).message,
		);
	await serve(deps, invocation, loaded, true);
	return 0;
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
