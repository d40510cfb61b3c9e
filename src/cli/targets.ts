/**
 * Which instance and which cluster a command is about. Differs from the reference in one point, which it
 * lists among its defects: text that is no instance is refused instead of silently meaning the local host.
 */
import { errors } from "../errors.ts";
import type { Log } from "../log.ts";
import { givenInstance } from "../naming/instances.ts";
import type { Names } from "../naming/names.ts";
import type { Store } from "../store/contract.ts";
import type { Typed } from "../surface/argument.ts";
import { type InstanceName, instanceName } from "../topology/instance-name.ts";
import { createClusterTargets } from "./cluster-targets.ts";
import type { Flags } from "./flag-table.ts";

export interface TargetDependencies {
	readonly flags: Pick<Flags, "instance" | "destination" | "alias" | "isPlain">;
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
	| "requiredCluster"
	| "clusterOrOnly"
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
		...createClusterTargets(deps, instance),
	};
};
