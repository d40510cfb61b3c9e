import { askedForBy, recordChanges } from "../audit/changes.ts";
import { withValues } from "../config/keys.ts";
import type { LoadedConfiguration } from "../config/load.ts";
import { BatonError, errorText } from "../errors.ts";
import type { Log } from "../log.ts";
import { splitInstances } from "../naming/instances.ts";
import { createNames } from "../naming/names.ts";
import { analysisOfStore } from "./analysis-of-store.ts";
import type { Command, CommandContext } from "./command.ts";
import { commandNamed, isNotBuilt } from "./command-table.ts";
import type { CliDependencies, Streams } from "./dependencies.ts";
import { ALL_FLAGS, type Flags, flagsOf } from "./flag-table.ts";
import { flagListing, parseFlags } from "./flags.ts";
import { cheatSheet, commandListing, shortUsage, topicText } from "./help.ts";
import { createLog, levelOf } from "./log.ts";
import { checkFlags, checkRaft, modeOf } from "./mode.ts";
import { refuseUntaken } from "./own-flags.ts";
import { createSession, type Session } from "./session.ts";
import { createTargets, type Targets } from "./targets.ts";

/** 0 done, 1 failed, 2 wrong flags (cli.md §1.4). */
type ExitCode = 0 | 1 | 2;

export interface Cli {
	/** Runs one invocation. Never throws: what goes wrong is a FATAL line on stderr and the exit code. */
	run(argv: readonly string[], streams: Streams): Promise<ExitCode>;
}

/** One invocation: what was asked for, and the ways to answer. */
interface Invocation {
	readonly flags: Flags;
	readonly positional: readonly string[];
	readonly streams: Streams;
	readonly log: Log;
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
			return 0;
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

const serve = (
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

const runCommand = async (
	deps: CliDependencies,
	invocation: Invocation,
	loaded: LoadedConfiguration,
	name: string,
): Promise<ExitCode> => {
	const command = commandNamed(name);
	if (command === undefined) {
		if (isNotBuilt(name))
			throw new BatonError(
				"BadInput",
				`command ${JSON.stringify(name)} of orchestrator is not built in this version; '${deps.program} help' lists those that are`,
			);
		invocation.log.fatal(`Unknown command: ${JSON.stringify(name)}`);
		invocation.streams.stderr(commandListing(deps.program));
		return 1;
	}
	refuseUntaken(command, invocation.flags);
	// A node says them itself.
	if (command.name !== "continuous")
		for (const text of loaded.warnings) invocation.log.warning(text);
	const session = createSession(
		deps,
		loaded,
		invocation.log,
		invocation.flags.breakGlass,
	);
	try {
		await register(deps, session, command, invocation.flags);
		const { instance: given } = invocation.flags;
		for (const instance of command.takesWholeList
			? [given]
			: splitInstances(given))
			await command.run(
				contextOf(deps, session, loaded, {
					...invocation,
					flags: { ...invocation.flags, instance },
				}),
			);
		return 0;
	} finally {
		await session.close();
	}
};

const REGISTERS_NOT = new Set([
	"continuous",
	"dump-config",
	"help",
	"redeploy-internal-db",
]);

/** Lists the running processes, itself among them. */
const LISTS_ITSELF = "active-nodes";

/**
 * Records the process among the nodes (cli.md §1.5). Only commands that change something do so, and the one that lists
 * such processes: a read writes nothing.
 */
const register = async (
	deps: CliDependencies,
	session: Session,
	command: Command,
	flags: Flags,
): Promise<void> => {
	if (
		(command.access === "reads" && command.name !== LISTS_ITSELF) ||
		flags.skipRegistration ||
		REGISTERS_NOT.has(command.name)
	)
		return;
	await (await session.store()).nodes.beat({
		hostname: deps.localHostname(),
		token: deps.processToken,
		command: command.name,
		nowMs: deps.nowMs(),
	});
};

const auditOf =
	(
		deps: CliDependencies,
		session: Session,
		{ config }: LoadedConfiguration,
		log: Log,
	): CommandContext["audit"] =>
	async (...changes) => {
		const who = `${deps.userName()} on ${deps.localHostname()}`;
		try {
			// Reads answer sooner without it.
			const { createAuditTrail } = await import("../audit/audit-trail.ts");
			const trail = createAuditTrail(await session.store(), () => config, log);
			const signed = changes.map((each) => ({
				...each,
				message: askedForBy(each.message, who),
			}));
			await recordChanges(trail, signed, deps.nowMs());
		} catch (error) {
			log.error(
				`the change was made, but the audit could not be written: ${errorText(error)}`,
			);
		}
	};

const contextOf = (
	deps: CliDependencies,
	session: Session,
	loaded: LoadedConfiguration,
	invocation: Invocation,
): CommandContext => {
	const { flags, streams, log } = invocation;
	const { config: configuration } = loaded;
	const names = createNames({
		store: session.store,
		resolveHost: (target) => deps.resolveHost(configuration, target),
		defaultPort: () => configuration.DefaultInstancePort,
	});
	const targetsOf = (given: Flags): Targets =>
		createTargets({
			flags: given,
			defaultPort: configuration.DefaultInstancePort,
			store: session.store,
			names,
			localHostname: deps.localHostname,
			log,
		});
	return {
		...targetsOf(flags),
		listedInstance: (instance) =>
			targetsOf({ ...flags, instance }).literalInstance(),
		flags,
		configuration,
		log,
		nowMs: deps.nowMs(),
		asker: flags.owner || deps.userName(),
		node: { hostname: deps.localHostname(), token: deps.processToken },
		names,
		print: (line) => streams.stdout(`${line}\n`),
		printListing: () => streams.stderr(commandListing(deps.program)),
		audit: auditOf(deps, session, loaded, log),
		store: session.store,
		operator: session.operator,
		discovery: session.discovery,
		explain: async (request) =>
			deps.explain(configuration, await session.store(), request),
		planText: async (request) =>
			deps.planText(configuration, await session.store(), request),
		analyse: async () =>
			analysisOfStore(await session.store(), configuration, deps.nowMs()),
		lookAt: (name) => deps.lookAt(configuration, name),
		binaryLogStarts: (name) => deps.binaryLogStarts(configuration, name),
		withLogs: (name, work) =>
			deps.withLogs(
				configuration,
				name,
				(text) => {
					if (!flags.quiet) streams.stderr(`${text}\n`);
				},
				work,
			),
		canonicalHost: (target) => deps.canonicalHost(configuration, target),
		redeployStore: () => deps.redeployStore(configuration),
		serve: ({ http }) => serve(deps, invocation, loaded, http),
	};
};
