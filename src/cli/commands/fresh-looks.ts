/** Commands that read a server itself, as it is now. */
import { BatonError } from "../../errors.ts";
import { errantAgainst } from "../../topology/gtid/errant.ts";
import { familyOf } from "../../topology/gtid/gtid.ts";
import { holdingLogs } from "../../topology/gtid/holding-logs.ts";
import { type Instance, sourceOf } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import { compareVersions } from "../../topology/version.ts";
import { type Command, type CommandContext, optional } from "../command.ts";

/** What is known of the servers above, nearest first. A ring ends where it closes. */
const knownAncestors = async (
	context: CommandContext,
	instance: Instance,
): Promise<Instance[]> => {
	const { inventory } = await context.store();
	const ancestors: Instance[] = [];
	const passed = new Set<InstanceName>();
	let name = sourceOf(instance);
	while (name !== undefined && !passed.has(name)) {
		passed.add(name);
		const ancestor = await inventory.get(name);
		if (ancestor === undefined) break;
		ancestors.push(ancestor);
		name = sourceOf(ancestor);
	}
	return ancestors;
};

/**
 * Errant transactions of a replica that was just looked at. Its source is looked at after it, so that nothing counts
 * that the source passed on meanwhile; one that cannot be reached stands as it was last seen.
 */
const errantOf = async (
	context: CommandContext,
	seen: Instance,
): Promise<string> => {
	// What it has of another source is nobody's error.
	if (seen.otherChannels.length > 0) return "";
	const [known, ...further] = await knownAncestors(context, seen);
	const sourceName = sourceOf(seen);
	if (sourceName === undefined) return "";
	const source = await context.lookAt(sourceName).catch((error: unknown) => {
		if (known === undefined) throw error;
		context.log.warning(
			`${sourceName} cannot be looked at; it is taken as it was last seen`,
		);
		return known;
	});
	return errantAgainst(
		seen,
		// Its place in the topology is known from the store.
		{ ...source, ancestryUuid: known?.ancestryUuid ?? source.ancestryUuid },
		further,
	);
};

const printErrant = async (context: CommandContext): Promise<void> => {
	const seen = await context.lookAt(await context.instance());
	context.print(await errantOf(context, seen));
};

const locateErrant = async (context: CommandContext): Promise<void> => {
	const name = await context.instance();
	const seen = await context.lookAt(name);
	const errant = await errantOf(context, seen);
	if (errant === "")
		throw new BatonError("Refused", `no errant GTID on ${name}`);
	const { files, purged } = holdingLogs(
		familyOf(seen),
		errant,
		await context.binaryLogStarts(name),
	);
	const gone = `errant GTID ${purged} of ${name} is in no binary log any more: it was purged`;
	if (files.length === 0) throw new BatonError("Refused", gone);
	if (purged !== "") context.log.warning(gone);
	context.print(files.join("\n"));
};

/** MySQL 8.4 no longer knows the old word. */
const replicaWord = ({ flavor, version }: Instance): string =>
	flavor !== "MariaDB" && compareVersions(version, "8.4") >= 0
		? "replica"
		: "slave";

/** Stops the threads that run, does the statement, and starts the same threads again. Each ends in exactly one `;`. */
const restartStatements = (seen: Instance, injected: string): string[] => {
	const word = replicaWord(seen);
	// A receiver that is connecting runs as well: it has to be stopped for a change.
	const runs = (state: number) => state === 1 || state === 2;
	const threads = [
		...(runs(seen.replication.receiver) ? ["io_thread"] : []),
		...(runs(seen.replication.applier) ? ["sql_thread"] : []),
	];
	return [
		...threads.map((thread) => `stop ${word} ${thread}`),
		...(injected === "" ? [] : [injected]),
		...threads.toReversed().map((thread) => `start ${word} ${thread}`),
	].map((statement) => `${statement};`);
};

const printRestart = async (context: CommandContext): Promise<void> => {
	const seen = await context.lookAt(await context.instance());
	const injected = context.flags.statement.trim().replace(/[\s;]+$/, "");
	for (const statement of restartStatements(seen, injected))
		context.print(statement);
};

export const FRESH_LOOK_COMMANDS: readonly Command[] = [
	{
		name: "which-gtid-errant",
		category: "Replication, general",
		flags: [optional("-i")],
		access: "reads",
		summary: "Print the errant GTIDs of an instance",
		help: "Looks at the instance in -i and at its source, and prints the transactions that did not come from there; an empty line when there are none.",
		run: printErrant,
	},
	{
		name: "locate-gtid-errant",
		category: "Replication, general",
		flags: [optional("-i")],
		access: "reads",
		summary: "List the binary logs that hold errant GTIDs of an instance",
		help: "Looks at the instance in -i and lists those of its binary logs that hold errant transactions, one per line. Fails when there are none, or when they were purged.",
		run: locateErrant,
	},
	{
		name: "restart-replica-statements",
		category: "Replication, general",
		flags: [optional("-i"), optional("-statement")],
		access: "reads",
		summary: "Print the statements that restart replication around another one",
		help: "Looks at the instance in -i and prints the statements that stop its running replication threads, then the one in -statement, then those that start the same threads. Executes nothing.",
		run: printRestart,
	},
];
