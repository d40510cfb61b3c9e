import type { core, ZodMiniObject } from "zod/mini";
import type { Configuration } from "../config/keys.ts";
import type { Names } from "../naming/names.ts";
import type { ClusterRecord } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { FlagUse } from "./flag-use.ts";

/** What was typed after the program's name. Text that was not given is empty. */
interface Flags {
	/** `-i`: one token of it, or the whole of it for an argument that takes the list. */
	readonly instance: string;
	readonly alias: string;
	readonly reason: string;
	readonly duration: string;
	readonly tag: string;
	readonly pool: string;
	readonly hostname: string;
	readonly promotionRule: string;
	readonly binlog: string;
	readonly pattern: string;
	readonly dryRun: boolean;
}

interface Asking {
	readonly names: Names;
	readonly configuration: Configuration;
	/** Who asks, for the record: `-owner` or the user; the caller of the API or its node. */
	readonly asker: string;
}

/** A command as it was typed, with the ways in which orchestrator resolves its names. */
export interface Typed extends Asking {
	readonly flags: Flags;
	/** `-i`, resolved and completed; the local host without one. @throws BatonError BadInput */
	instance(): Promise<InstanceName>;
	/** `-i`, resolved, not completed. */
	literalInstance(): Promise<InstanceName>;
	/** `-i`, completed, not resolved. @throws BatonError BadInput without one */
	rawInstance(): Promise<InstanceName>;
	/** `-d`. @throws BatonError BadInput without one */
	destination(): Promise<InstanceName>;
	optionalDestination(): Promise<InstanceName | undefined>;
	/** Undefined, after a line in the log that says why, when there is none. */
	cluster(): Promise<ClusterRecord | undefined>;
	/** @throws BatonError UnknownCluster, which says what of that which was given is not known */
	requiredCluster(): Promise<ClusterRecord>;
	/** The same; the only known cluster, after a line in the log, where none is selected. @throws BatonError UnknownCluster */
	clusterOrOnly(): Promise<ClusterRecord>;
	/** One instance out of a list: resolved, not completed. @throws BatonError BadInput */
	listedInstance(text: string): Promise<InstanceName>;
}

/** A call of the API. */
export type Called = Asking;

/** The parameters of a route, by name. */
export type Fields = Readonly<Record<string, core.$ZodType>>;

/** Where an argument is on the command line. */
interface CliPart<Value> {
	readonly flags: readonly FlagUse[];
	/** Gets the value of `-i` as it is, instead of the command running once for each instance in it. */
	readonly takesWholeList?: true;
	readonly read: (typed: Typed) => Value | Promise<Value>;
}

/** Where an argument is in a call of the API. */
interface ApiPart<Value> {
	/** In the path, as far as the route's path has them. */
	readonly fields: Fields;
	/** Those of them that may also stand in the query. */
	readonly query: readonly string[];
	readonly read: (
		fields: Readonly<Record<string, unknown>>,
		called: Called,
	) => Value | Promise<Value>;
}

/**
 * A thing that commands take: where each surface finds it, and the one value that it has on both. A surface without its part
 * has no command that takes it.
 */
export interface Argument<Value> {
	readonly cli?: CliPart<Value>;
	readonly api?: ApiPart<Value>;
}

interface ApiSpec<Value, Shape extends Fields> {
	readonly fields: Shape;
	readonly query?: readonly (keyof Shape & string)[];
	readonly read: (
		fields: core.output<ZodMiniObject<Shape>>,
		called: Called,
	) => Value | Promise<Value>;
}

/** @see Argument */
export const argument = <Value, Shape extends Fields = Fields>(spec: {
	readonly cli?: CliPart<Value>;
	readonly api?: ApiSpec<Value, Shape>;
}): Argument<Value> => {
	const { cli, api } = spec;
	return {
		...(cli === undefined ? {} : { cli }),
		...(api === undefined
			? {}
			: {
					api: {
						fields: api.fields,
						query: api.query ?? [],
						// A route parses all its parameters at once, by a schema that these fields are part of.
						read: (fields, called) =>
							api.read(fields as core.output<ZodMiniObject<Shape>>, called),
					},
				}),
	};
};

/** What a row takes, by the name under which it gets it. They are resolved in this order. */
export type Takes = Readonly<Record<string, Argument<unknown>>>;

export type ArgumentsOf<Taken extends Takes> = {
	readonly [Name in keyof Taken]: Taken[Name] extends Argument<infer Value>
		? Value
		: never;
};

/** How a surface finds the values of what a row takes. @throws BatonError BadInput, UnknownCluster … */
export type Resolve = <Taken extends Takes>(
	takes: Taken,
) => Promise<ArgumentsOf<Taken>>;

/** Resolves one argument after the other, so that the first fault is told and not any of them. */
export const resolveBy =
	(read: (argument: Argument<unknown>, name: string) => unknown): Resolve =>
	async <Taken extends Takes>(takes: Taken) => {
		const values: Record<string, unknown> = {};
		for (const [name, each] of Object.entries(takes))
			values[name] = await read(each, name);
		return values as ArgumentsOf<Taken>;
	};
