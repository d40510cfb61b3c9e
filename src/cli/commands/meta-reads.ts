import { okJson } from "../../compat/json/envelope.ts";
import { nameJson, timestamp } from "../../compat/json/values.ts";
import { promotionSettings } from "../../config/promotion-settings.ts";
import { errors } from "../../errors.ts";
import { knownInstance } from "../../naming/instances.ts";
import { suggestReplacement } from "../../planning/replacement.ts";
import { optional, required } from "../../surface/flag-use.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { Command, CommandContext } from "../command.ts";
import { asRoute, told } from "../told.ts";

/** A process that has been silent for longer is not listed. A node tells of itself each second. */
const NODE_ALIVE_MS = 5_000;

const runningNodes = async ({ store, nowMs }: CommandContext) =>
	(await store()).nodes.seenSince(nowMs - NODE_ALIVE_MS);

/** The lists that other programs read whole: sorted as text, an empty line for none. */
const printSorted = (context: CommandContext, lines: string[]): void =>
	context.print(lines.sort().join("\n"));

const printRules = async (context: CommandContext): Promise<void> => {
	const { candidates } = await context.store();
	const registered = await candidates.since(
		context.nowMs -
			context.configuration.CandidateInstanceExpireMinutes * 60_000,
	);
	printSorted(
		context,
		registered.map(({ instance, rule }) => `${instance} ${rule}`),
	);
};

const replacementOf = async (
	context: CommandContext,
): Promise<InstanceName> => {
	if (context.flags.instance === "") throw errors.instanceNotGiven();
	const store = await context.store();
	const destination = await context.destination();
	const failed = await knownInstance(store, await context.literalInstance());
	const promoted = await knownInstance(store, destination);
	const members = await store.inventory.ofCluster(promoted.clusterName);
	const settings = promotionSettings(
		context.configuration,
		members.map((each) => each.name),
	);
	return suggestReplacement(failed, promoted, members, settings).name;
};

/** Brings the store up to date, or says what would be done. */
const redeploy = async (context: CommandContext): Promise<string> => {
	if (!context.flags.dryRun) {
		await context.redeployStore();
		return "Redeployed internal db";
	}
	const lacking = await context.lackingInStore();
	return lacking.length === 0
		? "would change nothing: the store has every table and column"
		: `would add ${lacking.join(", ")}`;
};

export const META_READ_COMMANDS: readonly Command[] = [
	{
		name: "active-nodes",
		category: "Meta",
		flags: [],
		access: "reads",
		summary: "List the running processes",
		help: "Lists hostname:token of each process that is running now, this one and commands that change something included, one per line.",
		...told(runningNodes, {
			lines: (nodes) =>
				nodes.map(({ hostname, token }) => `${hostname}:${token}`),
			json: (nodes) =>
				nodes.map((each) => ({
					Hostname: each.hostname,
					Token: each.token,
					Command: each.command,
					FirstSeenActive: timestamp(each.firstSeenMs),
					LastSeenActive: timestamp(each.lastSeenMs),
				})),
		}),
	},
	{
		name: "redeploy-internal-db",
		category: "Meta, internal",
		flags: [optional("-dry-run")],
		access: "changes",
		summary: "Bring the store's tables up to date, whatever their version",
		help: "Compares every table of the store with its definition and adds what is missing, whatever version the store says it has. Nothing is removed.",
		...told(redeploy, {
			lines: (says) => [says],
			json: (says) => okJson(says, null),
		}),
	},
	{
		name: "internal-suggest-promoted-replacement",
		category: "Internal",
		flags: [required("-i"), required("-d")],
		access: "reads",
		summary: "Say who would suit better than a promoted replica",
		help: "For tests: -i is a failed primary, -d the replica promoted in its place. Prints the server that suits better by promotion rules and place, or -d itself.",
		...told(replacementOf, { lines: (name) => [name], json: nameJson }),
	},
	{
		name: "bulk-instances",
		category: "",
		flags: [],
		access: "reads",
		summary: "List every known instance, sorted as text",
		help: "Lists every known instance, sorted as text; an empty line when there is none.",
		run: async (context) => {
			const { inventory } = await context.store();
			printSorted(context, await inventory.names());
		},
		json: asRoute("bulk-instances"),
	},
	{
		name: "bulk-promotion-rules",
		category: "",
		flags: [],
		access: "reads",
		summary: "List registered promotion rules, sorted as text",
		help: "Lists instance and rule, parted by a blank, of each promotion rule that was registered and holds; an empty line when there is none.",
		run: printRules,
		json: asRoute("bulk-promotion-rules"),
	},
];
