import { bracketed } from "../../compat/text/description.ts";
import { errors } from "../../errors.ts";
import { knownInstance } from "../../naming/instances.ts";
import type { ListedInstance } from "../../store/contract.ts";
import { optional, required } from "../../surface/flag-use.ts";
import {
	compareNames,
	type InstanceName,
} from "../../topology/instance-name.ts";
import { hostPattern } from "../../topology/pattern.ts";
import type { Command, CommandContext } from "../command.ts";
import { descriptionContext } from "../description-context.ts";
import {
	asInstanceRoute,
	asRoute,
	instancesJson,
	linesOfNames,
} from "../told.ts";

export const printNames = (
	context: CommandContext,
	instances: readonly { readonly name: InstanceName }[],
): void => {
	for (const lines of linesOfNames(instances)) context.print(lines);
};

const patternOf = (context: CommandContext): string => {
	if (context.flags.pattern === "") throw errors.patternNotGiven();
	return context.flags.pattern;
};

/** The pattern as in the reference's language of regular expressions. @throws BatonError BadInput */
export const regExpOf = (context: CommandContext): RegExp => {
	const text = patternOf(context);
	const pattern = hostPattern(text);
	if (pattern === undefined) throw errors.noPattern({ text });
	return pattern;
};

/** Whether a search finds the instance: text within its names and version, or its server id or port. */
const isFound = (instance: ListedInstance, text: string): boolean => {
	const wanted = text.toLowerCase();
	return (
		[
			instance.host,
			instance.name,
			instance.clusterName,
			instance.version,
			instance.versionComment,
			instance.suggestedClusterAlias,
		].some((field) => field.toLowerCase().includes(wanted)) ||
		String(instance.serverId) === text ||
		String(instance.port) === text
	);
};

const printListed = async (
	context: CommandContext,
	isWanted: (instance: ListedInstance) => boolean,
): Promise<void> => {
	const listed = await (await context.store()).inventory.listed();
	printNames(context, listed.filter(isWanted));
};

export const INSTANCE_COMMANDS: readonly Command[] = [
	{
		name: "find",
		category: "Information",
		flags: [required("-pattern")],
		access: "reads",
		summary: "List instances whose host:port matches a regular expression",
		help: "Lists known instances whose host:port matches the regular expression in -pattern, one per line, by host and port.",
		run: async (context) => {
			const pattern = regExpOf(context);
			const names = await (await context.store()).inventory.names();
			printNames(
				context,
				names
					.filter((name) => pattern.test(name))
					.sort(compareNames)
					.map((name) => ({ name })),
			);
		},
		json: async (context) => {
			const pattern = regExpOf(context);
			const known = await (await context.store()).inventory.all();
			return instancesJson(
				known
					.filter(({ name }) => pattern.test(name))
					.sort((a, b) => compareNames(a.name, b.name)),
				context,
			);
		},
	},
	{
		name: "search",
		category: "Information",
		flags: [required("-pattern")],
		access: "reads",
		summary: "List instances in whose names or version a text occurs",
		help: "Lists known instances whose host, cluster, version or suggested alias contains the text in -pattern, or whose server id or port equals it.",
		run: async (context) => {
			const text = patternOf(context);
			await printListed(context, (each) => isFound(each, text));
		},
		json: asRoute("search", (context) => ({ s: patternOf(context) })),
	},
	{
		name: "all-instances",
		category: "Information",
		flags: [],
		access: "reads",
		summary: "List every known instance",
		help: "Lists every known instance as host:port, one per line.",
		run: (context) => printListed(context, () => true),
		json: asRoute("all-instances"),
	},
	{
		name: "which-instance",
		category: "Information",
		flags: [optional("-i")],
		access: "reads",
		summary: "Print the full name of an instance",
		help: "Prints host:port of the instance in -i, which may be shortened when only one known instance matches. Fails for an unknown one.",
		run: async (context) => {
			const name = await context.instance();
			context.print((await knownInstance(await context.store(), name)).name);
		},
		json: asInstanceRoute("instance"),
	},
	{
		name: "instance-status",
		category: "Information",
		flags: [optional("-i")],
		access: "reads",
		summary: "Print the state of an instance in brackets",
		help: "Prints [lag,status,version,ro|rw,binlog format,extras] of the instance in -i, as it stands behind each line of `topology`.",
		run: async (context) => {
			const name = await context.instance();
			const instance = await knownInstance(await context.store(), name);
			context.print(bracketed(instance, await descriptionContext(context)));
		},
		json: asInstanceRoute("instance"),
	},
];
