/** Commands that read a server itself, as it is now. */
import { restartStatements } from "../../compat/text/restart-statements.ts";
import {
	beyondSource,
	type ErrantLook,
	errantLogs,
} from "../../reading/errant-look.ts";
import { optional } from "../../surface/flag-use.ts";
import type { Command, CommandContext } from "../command.ts";
import { asInstanceRoute, told } from "../told.ts";

const lookOf = async (context: CommandContext): Promise<ErrantLook> => ({
	inventory: (await context.store()).inventory,
	lookAt: context.lookAt,
	binaryLogStarts: context.binaryLogStarts,
	warn: context.log.warning,
});

const errantText = async (context: CommandContext): Promise<string> => {
	const seen = await context.lookAt(await context.instance());
	const { errant, doubtful } = await beyondSource(await lookOf(context), seen);
	if (doubtful !== "")
		context.log.notice(
			`whether ${seen.name} alone has ${doubtful} cannot be told: the binary logs of its source name no transaction of that server and domain, and its source stands further on; look for it in the logs of ${seen.name}`,
		);
	return errant;
};

const locateErrant = async (context: CommandContext): Promise<void> => {
	const name = await context.instance();
	const files = await errantLogs(await lookOf(context), name);
	context.print(files.join("\n"));
};

const printRestart = async (context: CommandContext): Promise<void> => {
	const seen = await context.lookAt(await context.instance());
	for (const statement of restartStatements(seen, context.flags.statement))
		context.print(statement);
};

export const FRESH_LOOK_COMMANDS: readonly Command[] = [
	{
		name: "which-gtid-errant",
		category: "Replication, general",
		flags: [optional("-i")],
		access: "reads",
		summary: "Print the errant GTIDs of an instance",
		help: "Looks at the instance in -i and at its source, and prints the transactions that did not come from there; an empty line when there are none. On MariaDB it cannot always be told, which is said on stderr.",
		...told(errantText, {
			lines: (errant) => [errant],
			json: (errant) => errant,
		}),
	},
	{
		name: "locate-gtid-errant",
		category: "Replication, general",
		flags: [optional("-i")],
		access: "reads",
		summary: "List the binary logs that hold errant GTIDs of an instance",
		help: "Looks at the instance in -i and lists those of its binary logs that hold errant transactions, one per line. Fails when there are none, or when they were purged.",
		run: locateErrant,
		json: asInstanceRoute("locate-gtid-errant"),
	},
	{
		name: "restart-replica-statements",
		category: "Replication, general",
		flags: [optional("-i"), optional("-statement")],
		access: "reads",
		summary: "Print the statements that restart replication around another one",
		help: "Looks at the instance in -i and prints the statements that stop its running replication threads, then the one in -statement, then those that start the same threads. Executes nothing.",
		run: printRestart,
		json: asInstanceRoute("restart-slave-statements", ({ flags }) => ({
			q: flags.statement,
		})),
	},
];
