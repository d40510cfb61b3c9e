import { optional as maybe, string, trim } from "zod/mini";
import { errors, shortened } from "../../errors.ts";
import { givenInstance } from "../../naming/instances.ts";
import type { Names } from "../../naming/names.ts";
import { isHost } from "../../topology/host.ts";
import {
	type InstanceName,
	instanceName,
} from "../../topology/instance-name.ts";
import { argument } from "../argument.ts";
import { optional, required } from "../flag-use.ts";
import { host, port } from "./field.ts";

const PAIR = { host, port };

/** The instance that a command is about: resolved, and completed when it is short for only one. */
export const INSTANCE = argument({
	cli: { flags: [optional("-i")], read: (typed) => typed.instance() },
	api: {
		fields: PAIR,
		read: (at, { names }) => names.instance(instanceName(at.host, at.port)),
	},
});

/** One that need not be known yet, and so is not completed. */
export const NEW_INSTANCE = argument({
	cli: { flags: [optional("-i")], read: (typed) => typed.literalInstance() },
	api: {
		fields: PAIR,
		read: (at, { names }) => names.literal(instanceName(at.host, at.port)),
	},
});

/** One whose host may not resolve any more. */
export const STORED_INSTANCE = argument({
	cli: { flags: [required("-i")], read: (typed) => typed.rawInstance() },
	api: {
		fields: PAIR,
		read: (at, { names }) => names.completed(instanceName(at.host, at.port)),
	},
});

/** The server that an instance shall replicate from. */
export const BELOW = argument({
	cli: { flags: [required("-d")], read: (typed) => typed.destination() },
	api: {
		fields: { belowHost: host, belowPort: port },
		read: (at, { names }) =>
			names.instance(instanceName(at.belowHost, at.belowPort)),
	},
});

/** The same, or none: the replica's own source. */
export const BELOW_OR_OWN_SOURCE = argument({
	cli: {
		flags: [optional("-d")],
		read: (typed) => typed.optionalDestination(),
	},
	api: {
		fields: { belowHost: host, belowPort: port },
		read: (at, { names }) =>
			names.instance(instanceName(at.belowHost, at.belowPort)),
	},
});

/** The server that its replicas shall replicate from, which the routes of the reference leave out: here it may be in the query. */
export const BELOW_IF_GIVEN = argument({
	cli: {
		flags: [optional("-d")],
		read: (typed) => typed.optionalDestination(),
	},
	api: {
		fields: { belowHost: maybe(host), belowPort: maybe(port) },
		query: ["belowHost", "belowPort"],
		read: ({ belowHost, belowPort }, { names }) => {
			if (belowHost === undefined && belowPort === undefined) return undefined;
			// Half of it is not taken for none: the replicas would stay where nobody wants them.
			if (belowHost === undefined)
				throw errors.halfAName({ given: "belowPort", missing: "belowHost" });
			if (belowPort === undefined)
				throw errors.halfAName({ given: "belowHost", missing: "belowPort" });
			return names.instance(instanceName(belowHost, belowPort));
		},
	},
});

/** A replica of the same source. */
export const SIBLING = argument({
	cli: { flags: [required("-d")], read: (typed) => typed.destination() },
	api: {
		fields: { siblingHost: host, siblingPort: port },
		read: (at, { names }) =>
			names.instance(instanceName(at.siblingHost, at.siblingPort)),
	},
});

/** The place that the command itself says: nobody names it. */
export const NOT_NAMED = argument<undefined>({
	cli: { flags: [], read: () => undefined },
	api: { fields: {}, read: () => undefined },
});

const given = maybe(string().check(trim()));

/**
 * The server of a pair that may be left out. The reference takes a pair that it cannot read for none, and chooses somebody: here nobody
 * else is promoted in place of the one that was meant.
 * @throws BatonError BadInput for a pair that is no host and port
 */
const namedBy = async (
	names: Names,
	givenHost: string | undefined,
	givenPort: string | undefined,
): Promise<InstanceName | undefined> => {
	if (givenHost === undefined && givenPort === undefined) return undefined;
	if (
		givenHost !== undefined &&
		isHost(givenHost) &&
		port.safeParse(givenPort).success
	)
		return names.instance(instanceName(givenHost, Number(givenPort)));
	throw errors.noDesignatedInstance({
		host: shortened(givenHost ?? ""),
		port: shortened(givenPort ?? ""),
	});
};

/** The server that would best be promoted. */
export const CANDIDATE = argument({
	cli: {
		flags: [optional("-d")],
		read: (typed) => typed.optionalDestination(),
	},
	api: {
		fields: { candidateHost: given, candidatePort: given },
		read: ({ candidateHost, candidatePort }, { names }) =>
			namedBy(names, candidateHost, candidatePort),
	},
});

const DESIGNATED = { designatedHost: given, designatedPort: given };

/** The replica that shall be the primary. */
export const SUCCESSOR_IF_ANY = argument({
	cli: {
		flags: [optional("-d")],
		read: (typed) => typed.optionalDestination(),
	},
	api: {
		fields: DESIGNATED,
		read: ({ designatedHost, designatedPort }, { names }) =>
			namedBy(names, designatedHost, designatedPort),
	},
});

/** The same where there is no choosing another one. */
export const SUCCESSOR = argument({
	cli: { flags: [required("-d")], read: (typed) => typed.destination() },
	api: {
		fields: DESIGNATED,
		read: async ({ designatedHost, designatedPort }, { names }) => {
			const name = await namedBy(names, designatedHost, designatedPort);
			if (name !== undefined) return name;
			throw errors.noDesignatedInstance({ host: "", port: "" });
		},
	},
});

const parted = (list: string): string[] =>
	list
		.split(",")
		.map((each) => each.trim())
		.filter((each) => each !== "");

/** Completed, where SupportFuzzyPoolHostnames wants it. Each counts once. */
const members = async (
	literal: readonly InstanceName[],
	isFuzzy: boolean,
	names: Names,
): Promise<readonly InstanceName[]> => {
	const completed: InstanceName[] = [];
	for (const each of literal)
		completed.push(
			await (isFuzzy ? names.completed(each) : names.canonical(each)),
		);
	return [...new Set(completed)];
};

/** A comma list of instances, perhaps empty. */
export const POOL_MEMBERS = argument({
	cli: {
		flags: [optional("-i")],
		takesWholeList: true,
		read: async ({ flags, configuration, names, listedInstance }) => {
			const literal: InstanceName[] = [];
			for (const each of parted(flags.instance))
				literal.push(await listedInstance(each));
			return members(literal, configuration.SupportFuzzyPoolHostnames, names);
		},
	},
	api: {
		fields: { instances: maybe(string()) },
		query: ["instances"],
		read: async ({ instances = "" }, { configuration, names }) => {
			const literal: InstanceName[] = [];
			for (const each of parted(instances))
				literal.push(
					await names.literal(
						givenInstance("instances", each, configuration.DefaultInstancePort),
					),
				);
			return members(literal, configuration.SupportFuzzyPoolHostnames, names);
		},
	},
});
