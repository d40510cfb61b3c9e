import { toGoJson } from "../compat/json/go-json.ts";
import type { LoadedConfiguration } from "../config/load.ts";
import { BatonError, errors } from "../errors.ts";
import { givenInstance, splitInstances } from "../naming/instances.ts";
import { instanceName } from "../topology/instance-name.ts";
import type { Command, Hints } from "./command.ts";
import { contextOf } from "./command-context.ts";
import { commandNamed } from "./command-table.ts";
import type { CliDependencies } from "./dependencies.ts";
import type { Flags } from "./flag-table.ts";
import { unknownCommand } from "./help.ts";
import type { ExitCode, Invocation } from "./invocation.ts";
import { refuseUntaken } from "./own-flags.ts";
import { createSession, type Session } from "./session.ts";
import { heedUnread } from "./unread.ts";

/** Runs one command, once for each instance that -i lists. */
export const runCommand = async (
	deps: CliDependencies,
	invocation: Invocation,
	loaded: LoadedConfiguration,
	name: string,
): Promise<ExitCode> => {
	const command = commandNamed(name);
	// The reference lists all commands behind it, which scrolls the reason away.
	if (command === undefined) throw unknownCommand(deps.program, name);
	refuseUntaken(command, invocation.flags);
	heedUnread(invocation.log, invocation.positional, command);
	// A node says them itself.
	if (command.name !== "continuous")
		for (const text of loaded.warnings) invocation.log.warning(text);
	const session = createSession(deps, loaded, invocation.log, {
		isBreakGlass: invocation.flags.breakGlass,
		mayMakeStore: command.access === "changes" && !invocation.flags.dryRun,
	});
	const last: Hints[] = [];
	try {
		await register(deps, session, command, invocation.flags);
		const { instance: given } = invocation.flags;
		const tokens = command.takesWholeList ? [given] : splitInstances(given);
		if (tokens.length === 0)
			throw errors.noInstance({ flag: "-i", text: given });
		if (command.access === "changes") checkList(tokens, loaded);
		try {
			for (const instance of tokens) {
				const context = contextOf(
					deps,
					session,
					loaded,
					{ ...invocation, flags: { ...invocation.flags, instance } },
					(hints) => last.push(hints),
				);
				if (invocation.flags.json)
					context.print(toGoJson(await command.json(context)));
				else await command.run(context);
			}
		} catch (error) {
			throw namingNobody(deps, loaded, invocation.flags, error);
		} finally {
			// Of those that were done, also where one was not.
			for (const hints of last)
				for (const hint of await hints()) invocation.log.error(hint);
		}
		return 0;
	} finally {
		await session.close();
	}
};

/** One that cannot be read is known before the first is changed. @throws BatonError BadInput */
const checkList = (
	tokens: readonly string[],
	{ config }: LoadedConfiguration,
): void => {
	if (tokens.length < 2) return;
	for (const token of tokens)
		givenInstance("-i", token, config.DefaultInstancePort);
};

/** Whoever named no instance is told so, and not of a host that was never named. */
const namingNobody = (
	deps: CliDependencies,
	{ config }: LoadedConfiguration,
	flags: Flags,
	error: unknown,
): unknown => {
	if (!(error instanceof BatonError) || flags.instance !== "") return error;
	const instance = instanceName(
		deps.localHostname(),
		config.DefaultInstancePort,
	);
	return error.code === "UnknownInstance" && error.message.includes(instance)
		? errors.localNotKnown({ instance })
		: error;
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
 * Records the process among the nodes. Only commands that change something do so, and the one that lists
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
		flags.dryRun ||
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
