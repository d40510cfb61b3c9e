/**
 * Which instance and which cluster a command is about (cli.md §3, §4). Differs from the reference in one point, which it
 * lists among its defects: text that is no instance is refused instead of silently meaning the local host.
 */
import { BatonError, errors } from "../errors.ts";
import type { Log } from "../log.ts";
import { clusterCalled } from "../naming/clusters.ts";
import { fuzzyMatch, matchesInWords } from "../naming/instances.ts";
import type { ClusterRecord, Store } from "../store/contract.ts";
import {
	type HostPort,
	type InstanceName,
	instanceName,
	parseInstanceName,
	splitName,
} from "../topology/instance-name.ts";
import type { Flags } from "./flag-table.ts";

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

const parse = (flag: string, text: string, port: number): InstanceName => {
	const name = parseInstanceName(text, port);
	if (name === undefined || splitName(name).host === "_")
		throw errors.noInstance(text, flag);
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
			if (flags.instance === "") throw errors.instanceNotGiven();
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
		const named = clusterCalled(known, alias);
		if (named !== undefined || given === "") return named;
	}
	const identity = await clusters.identityOf(await instance());
	return identity === undefined ? undefined : clusters.byIdentity(identity);
};
