/**
 * Which instance and which cluster a command is about (cli.md §3, §4). Differs from the reference in one point, which it
 * lists among its defects: text that is no instance is refused instead of silently meaning the local host.
 */
import { BatonError } from "../errors.ts";
import type { ClusterRecord, Store } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import {
	type HostPort,
	type InstanceName,
	instanceName,
	parseInstanceName,
	splitName,
} from "../topology/instance-name.ts";
import type { Flags } from "./flag-table.ts";
import type { Log } from "./log.ts";

export interface TargetDependencies {
	readonly flags: Pick<Flags, "instance" | "destination" | "alias">;
	readonly defaultPort: number;
	readonly store: () => Promise<Store>;
	readonly resolveHost: (target: HostPort) => Promise<string>;
	readonly localHostname: () => string;
	readonly log: Log;
}

export interface Targets {
	instance(): Promise<InstanceName>;
	literalInstance(): Promise<InstanceName>;
	rawInstance(): Promise<InstanceName>;
	destination(): Promise<InstanceName>;
	optionalDestination(): Promise<InstanceName | undefined>;
	cluster(): Promise<ClusterRecord | undefined>;
}

/** Splits the value of `-i` at blanks, commas and line ends (cli.md §3.2). Without a separator the text is one token, even when empty. */
export const splitInstances = (text: string): string[] =>
	/[\s,]/.test(text)
		? text.split(/[ ,\r\n\t]+/).filter((token) => token !== "")
		: [text];

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** SQL's `LIKE '%text%'`, as the reference matches host names: `_` and `%` are wildcards, case does not count. */
export const hostContains = (text: string): RegExp =>
	new RegExp(
		text
			.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
			.replaceAll("%", ".*")
			.replaceAll("_", "."),
		"i",
	);

/** The known instances whose host contains the given one and whose port is the same; an address is not shortened. */
const matchesOf = (
	name: InstanceName,
	known: readonly InstanceName[],
): InstanceName[] => {
	const { host, port } = splitName(name);
	if (IPV4.test(host)) return [];
	const pattern = hostContains(host);
	return known.filter((each) => {
		const other = splitName(each);
		return other.port === port && pattern.test(other.host);
	});
};

/** The only known instance that the name may be short for; else the name as it is. */
export const fuzzyMatch = (
	name: InstanceName,
	known: readonly InstanceName[],
): InstanceName => {
	const [only, second] = matchesOf(name, known);
	return only !== undefined && second === undefined ? only : name;
};

/** Of many matches so many are named. */
const NAMED_MATCHES = 5;

/** What the name may have been short for, in words. */
const matchesInWords = (
	name: InstanceName,
	known: readonly InstanceName[],
): string => {
	const matches = matchesOf(name, known);
	if (matches.length === 0) return "no known instance matches";
	const named = matches.slice(0, NAMED_MATCHES).join(", ");
	const more = matches.length > NAMED_MATCHES ? ", …" : "";
	return matches.length === 1
		? `1 known instance matches: ${named}`
		: `${matches.length} known instances match: ${named}${more}`;
};

/** The instance of that name. @throws BatonError UnknownInstance, which tells how many a shortened name may mean */
export const knownInstance = async (
	{ inventory }: Pick<Store, "inventory">,
	name: InstanceName,
): Promise<Instance> => {
	const instance = await inventory.get(name);
	if (instance !== undefined) return instance;
	throw new BatonError(
		"UnknownInstance",
		`instance not found: ${name}; ${matchesInWords(name, await inventory.names())}`,
	);
};

const parse = (flag: string, text: string, port: number): InstanceName => {
	const name = parseInstanceName(text, port);
	if (name === undefined || splitName(name).host === "_")
		throw new BatonError(
			"BadInput",
			`cannot read ${flag} ${JSON.stringify(text)} as an instance; give host or host:port`,
		);
	return name;
};

export const createTargets = (deps: TargetDependencies): Targets => {
	const { flags, defaultPort } = deps;

	const resolved = async (name: InstanceName): Promise<InstanceName> => {
		const target = splitName(name);
		// Two slashes mark a detached name, which is never resolved.
		if (target.host.startsWith("//")) return name;
		return instanceName(await deps.resolveHost(target), target.port);
	};

	const matched = async (name: InstanceName): Promise<InstanceName> => {
		const { inventory } = await deps.store();
		if ((await inventory.get(name)) !== undefined) return name;
		return fuzzyMatch(name, await inventory.names());
	};

	const localInstance = (): InstanceName =>
		instanceName(deps.localHostname(), defaultPort);

	const literalInstance = async (): Promise<InstanceName> =>
		flags.instance === ""
			? localInstance()
			: resolved(parse("-i", flags.instance, defaultPort));

	const instance = async (): Promise<InstanceName> =>
		flags.instance === "" ? localInstance() : matched(await literalInstance());

	const optionalDestination = async (): Promise<InstanceName | undefined> =>
		flags.destination === ""
			? undefined
			: matched(await resolved(parse("-d", flags.destination, defaultPort)));

	return {
		instance,
		literalInstance,
		optionalDestination,
		rawInstance: async () => {
			if (flags.instance === "")
				throw new BatonError("BadInput", "cannot deduce instance: give -i");
			return matched(parse("-i", flags.instance, defaultPort));
		},
		destination: async () => {
			const name = await optionalDestination();
			if (name === undefined)
				throw new BatonError("BadInput", "cannot deduce destination: give -d");
			return name;
		},
		cluster: async () => {
			const found = await selectCluster(deps, instance);
			if (found === undefined)
				deps.log.error(await undetermined(deps, instance));
			return found;
		},
	};
};

const undetermined = async (
	{ flags, store, localHostname }: TargetDependencies,
	instance: () => Promise<InstanceName>,
): Promise<string> => {
	const hint = flags.alias || flags.instance || localHostname();
	const { inventory } = await store();
	const matches =
		flags.instance === ""
			? ""
			: `; ${matchesInWords(await instance(), await inventory.names())}`;
	return `Unable to determine cluster name. hint=${hint}${matches}`;
};

/** `-alias` by name, then by alias; then `-i`; the local host only when neither is given. */
const selectCluster = async (
	deps: TargetDependencies,
	instance: () => Promise<InstanceName>,
): Promise<ClusterRecord | undefined> => {
	const { alias, instance: given } = deps.flags;
	const { clusters } = await deps.store();
	if (alias !== "") {
		const known = await clusters.all();
		const named =
			known.find((each) => each.clusterName === alias) ??
			known.find((each) => each.alias === alias) ??
			known.find((each) => each.identity === alias);
		if (named !== undefined || given === "") return named;
	}
	const identity = await clusters.identityOf(await instance());
	return identity === undefined ? undefined : clusters.byIdentity(identity);
};
