import type { Json } from "../compat/json/go-json.ts";
import { instanceJson } from "../compat/json/instance.ts";
import { readInstanceContext } from "../compat/json/instance-context.ts";
import { nameJson } from "../compat/json/values.ts";
import type { ClusterRecord } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import type { Command, CommandContext } from "./command.ts";

type Telling = Pick<Command, "run" | "json">;

/** A command that reads one thing, and tells it in lines or as JSON. */
export const told = <T>(
	read: (context: CommandContext) => Promise<T>,
	tells: {
		/** Each is printed by itself. */
		readonly lines: (
			value: T,
			context: CommandContext,
		) => readonly string[] | Promise<readonly string[]>;
		readonly json: (value: T, context: CommandContext) => Json | Promise<Json>;
	},
): Telling => ({
	run: async (context) => {
		for (const line of await tells.lines(await read(context), context))
			context.print(line);
	},
	json: async (context) => tells.json(await read(context), context),
});

/** Instances as the API tells them. */
export const instancesJson = async (
	instances: readonly Instance[],
	{ store, configuration, nowMs }: CommandContext,
): Promise<Json> => {
	const context = await readInstanceContext(
		await store(),
		configuration,
		nowMs,
	);
	return instances.map((each) => instanceJson(each, context));
};

/** The key of a name, null for none. */
export const keyOrNull = (name: InstanceName | undefined): Json =>
	name === undefined ? null : nameJson(name);

/** One per line, in one write: nothing at all for none. */
export const linesOfNames = (
	instances: readonly { readonly name: InstanceName }[],
): readonly string[] =>
	instances.length === 0 ? [] : [instances.map((each) => each.name).join("\n")];

type Input = Readonly<Record<string, string>>;

/** As a route of the API that is about no instance and no cluster tells it. */
export const asRoute =
	(path: string, input: (context: CommandContext) => Input = () => ({})) =>
	(context: CommandContext): Promise<Json> =>
		context.api(path, input(context));

const asPair = (name: InstanceName): Input => {
	const { host, port } = splitName(name);
	return { host, port: String(port) };
};

/** As a route that is about the instance in -i tells it. */
export const asInstanceRoute =
	(path: string, input: (context: CommandContext) => Input = () => ({})) =>
	async (context: CommandContext): Promise<Json> =>
		context.api(`${path}/:host/:port`, {
			...input(context),
			...asPair(await context.instance()),
		});

/** As a route that is about a cluster tells it; what it is for none is given. */
export const asClusterRoute =
	(
		path: string,
		cluster: (context: CommandContext) => Promise<ClusterRecord | undefined>,
		none: Json = null,
	) =>
	async (context: CommandContext): Promise<Json> => {
		const found = await cluster(context);
		return found === undefined
			? none
			: context.api(path, {
					clusterHint: found.clusterName,
					clusterName: found.clusterName,
				});
	};
