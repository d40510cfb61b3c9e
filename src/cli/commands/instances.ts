import { bracketed } from "../../compat/text/description.ts";
import { compilePattern } from "../../config/pattern.ts";
import { BatonError } from "../../errors.ts";
import type { Store } from "../../store/contract.ts";
import { type Instance, sourceOf } from "../../topology/instance.ts";
import {
	compareNames,
	type InstanceName,
} from "../../topology/instance-name.ts";
import {
	type Command,
	type CommandContext,
	optional,
	required,
} from "../command.ts";
import { descriptionContext } from "../description-context.ts";

/** Depth, number of replicas, cluster, host, port: the order of the unbounded lists (cli.md §7.6). */
const listOrder = (a: Instance, b: Instance): number =>
	a.depth - b.depth ||
	b.replicas.length - a.replicas.length ||
	(a.clusterName === b.clusterName
		? compareNames(a.name, b.name)
		: a.clusterName < b.clusterName
			? -1
			: 1);

export const printNames = (
	context: CommandContext,
	instances: readonly Instance[],
): void => {
	for (const instance of instances) context.print(instance.name);
};

/** @throws BatonError UnknownInstance */
export const knownInstance = async (
	store: Store,
	name: InstanceName,
): Promise<Instance> => {
	const instance = await store.inventory.get(name);
	if (instance === undefined)
		throw new BatonError("UnknownInstance", `instance not found: ${name}`);
	return instance;
};

const patternOf = (context: CommandContext): string => {
	if (context.flags.pattern === "")
		throw new BatonError("BadInput", "no pattern given: give -pattern");
	return context.flags.pattern;
};

/** The pattern as in the reference's language of regular expressions. @throws BatonError BadInput */
const regExpOf = (context: CommandContext): RegExp => {
	const text = patternOf(context);
	const pattern = compilePattern(text);
	if (pattern === undefined)
		throw new BatonError(
			"BadInput",
			`-pattern ${JSON.stringify(text)} is no regular expression`,
		);
	return pattern;
};

/** Whether a search finds the instance: text within its names and version, or its server id or port (cli.md §7.6). */
const isFound = (instance: Instance, text: string): boolean => {
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

export const INSTANCE_COMMANDS: readonly Command[] = [
	{
		name: "find",
		category: "Information",
		flags: [required("-pattern")],
		access: "reads",
		summary: "List instances whose host:port matches a regular expression",
		help: "Lists known instances whose host:port matches the regular expression in -pattern, one per line.",
		run: async (context) => {
			const pattern = regExpOf(context);
			const all = await (await context.store()).inventory.all();
			printNames(
				context,
				all.filter((each) => pattern.test(each.name)).sort(listOrder),
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
			const all = await (await context.store()).inventory.all();
			printNames(
				context,
				all.filter((each) => isFound(each, text)).sort(listOrder),
			);
		},
	},
	{
		name: "all-instances",
		category: "Information",
		flags: [],
		access: "reads",
		summary: "List every known instance",
		help: "Lists every known instance as host:port, one per line.",
		run: async (context) => {
			const all = await (await context.store()).inventory.all();
			printNames(context, all.sort(listOrder));
		},
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
	},
	{
		name: "which-master",
		category: "Information",
		flags: [optional("-i")],
		access: "reads",
		summary: "Print the source of an instance",
		help: "Prints host:port of the server that the instance replicates from; nothing when there is none or replication was detached.",
		run: async (context) => {
			const name = await context.instance();
			const instance = await knownInstance(await context.store(), name);
			const source = sourceOf(instance);
			if (source !== undefined) context.print(source);
		},
	},
	{
		name: "which-replicas",
		category: "Information",
		flags: [optional("-i")],
		access: "reads",
		summary: "List the replicas of an instance",
		help: "Lists the known replicas of the instance in -i, one per line.",
		run: async (context) => {
			const name = await context.instance();
			const replicas = await (await context.store()).inventory.replicasOf(name);
			printNames(
				context,
				replicas.sort((a, b) => compareNames(a.name, b.name)),
			);
		},
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
	},
];
