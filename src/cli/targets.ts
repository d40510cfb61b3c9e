/**
 * Which instance and which cluster a command is about. Differs from the reference in one point, which it
 * lists among its defects: text that is no instance is refused instead of silently meaning the local host.
 */
import { errors } from "../errors.ts";
import type { Log } from "../log.ts";
import { clusterCalled } from "../naming/clusters.ts";
import { givenInstance, matchesInWords } from "../naming/instances.ts";
import type { Names } from "../naming/names.ts";
import type { ClusterRecord, Store } from "../store/contract.ts";
import type { Typed } from "../surface/argument.ts";
import { type InstanceName, instanceName } from "../topology/instance-name.ts";
import type { Flags } from "./flag-table.ts";

export interface TargetDependencies {
	readonly flags: Pick<Flags, "instance" | "destination" | "alias">;
	readonly defaultPort: number;
	readonly store: () => Promise<Store>;
	readonly names: Names;
	readonly localHostname: () => string;
	readonly log: Log;
}

export type Targets = Pick<
	Typed,
	| "instance"
	| "literalInstance"
	| "rawInstance"
	| "destination"
	| "optionalDestination"
	| "cluster"
>;

export const createTargets = (deps: TargetDependencies): Targets => {
	const { flags, names, defaultPort } = deps;

	const localInstance = (): InstanceName =>
		instanceName(deps.localHostname(), defaultPort);

	const literalInstance = async (): Promise<InstanceName> =>
		flags.instance === ""
			? localInstance()
			: names.literal(givenInstance("-i", flags.instance, defaultPort));

	const instance = async (): Promise<InstanceName> =>
		flags.instance === ""
			? localInstance()
			: names.completed(await literalInstance());

	const optionalDestination = async (): Promise<InstanceName | undefined> =>
		flags.destination === ""
			? undefined
			: names.instance(givenInstance("-d", flags.destination, defaultPort));

	return {
		instance,
		literalInstance,
		optionalDestination,
		rawInstance: async () => {
			if (flags.instance === "") throw errors.instanceNotGiven();
			return names.completed(givenInstance("-i", flags.instance, defaultPort));
		},
		destination: async () => {
			const name = await optionalDestination();
			if (name === undefined) throw errors.destinationNotGiven();
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
	return `Unable to determine cluster name. hint=${hint}${matches}; clusters-alias lists the known clusters`;
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
