import { channelsFrom } from "../topology/channels.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	unknownInstance,
} from "../topology/instance.ts";
import {
	compareNames,
	type InstanceName,
	splitName,
} from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";

/** By host and port, so that a plan does not depend on the order in which servers were found. */
export const byName = (a: Instance, b: Instance): number =>
	compareNames(a.name, b.name);

/** Direct replicas of an instance in the snapshot, by whichever of their channels, by name. */
export const replicasIn = (
	snapshot: Snapshot,
	source: InstanceName,
): Instance[] =>
	snapshot.instances
		.filter((each) => channelsFrom(each, source).length > 0)
		.toSorted(byName);

/** The primary by somebody's word, else the one that the cluster is named after. */
export const primaryOnRecord = ({ role, clusterName }: Snapshot): string =>
	role?.primary ?? clusterName;

/** The server that the cluster is named after: its primary as the store has it. */
export const recordedPrimary = ({
	instances,
	clusterName,
}: Snapshot): Instance | undefined =>
	instances.find(({ name }) => name === clusterName);

/** The recorded primary, when that is another server than this one and lives: whoever is promoted in this one's place is the second. */
export const otherPrimary = (
	snapshot: Snapshot,
	than: Instance,
): Instance | undefined => {
	const recorded = recordedPrimary(snapshot);
	return recorded !== undefined &&
		recorded.name !== than.name &&
		isLastCheckValid(recorded) &&
		// One that was opened may name its old source still.
		(!isReplica(recorded) || !recorded.readOnly)
		? recorded
		: undefined;
};

/** Whoever took a server for maintenance is working at it. */
export const underMaintenance = (
	{ maintained }: Snapshot,
	servers: readonly Instance[],
): string | undefined => {
	const held = servers.find(({ name }) => maintained.includes(name));
	return (
		held &&
		`${held.name} is under maintenance; end that first, with end-maintenance`
	);
};

/** The instance as the snapshot has it, or as one of which nothing is known. */
export const failedIn = (snapshot: Snapshot, name: InstanceName): Instance => {
	const { host, port } = splitName(name);
	return findInstance(snapshot, name) ?? unknownInstance(host, port);
};
