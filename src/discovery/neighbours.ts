import { isHost } from "../topology/host.ts";
import {
	type Instance,
	type Replication,
	sourceOf,
} from "../topology/instance.ts";
import {
	type InstanceName,
	instanceName,
	splitName,
} from "../topology/instance-name.ts";

export type Ignores = (
	name: InstanceName,
	as: "any" | "replica" | "source",
) => boolean;

export interface Neighbours {
	/** Of the same cluster: replicas and group members that it names, and its source. */
	readonly members: readonly InstanceName[];
	/** Its source, when nothing but the replica's own word stands for it: stopped, and so no sign that it ever answered. */
	readonly doubtful: readonly InstanceName[];
	/** Sources of its other channels: clusters of their own. */
	readonly elsewhere: readonly InstanceName[];
}

const isTrying = ({ receiver, lastReceiverErrno }: Replication): boolean =>
	receiver > 0 || lastReceiverErrno !== 0;

/**
 * Whom an instance names, but for those that the configuration says not to follow. A source is named by a replica
 * even when it is down: so it is seen to be.
 */
export const neighboursOf = (
	instance: Instance,
	ignores: Ignores,
): Neighbours => {
	const follows =
		(as: "replica" | "source") =>
		(name: InstanceName): boolean =>
			name !== instance.name &&
			// A server may tell any text for its source's host.
			isHost(splitName(name).host) &&
			!ignores(name, "any") &&
			!ignores(name, as);
	const source = sourceOf(instance);
	const sources = (source === undefined ? [] : [source]).filter(
		follows("source"),
	);
	const isLive = isTrying(instance.replication);
	const { members, primary } = instance.group;
	return {
		members: [
			...new Set([
				...[...instance.replicas, ...members].filter(follows("replica")),
				...(primary === "" ? [] : [primary]).filter(follows("source")),
				...(isLive ? sources : []),
			]),
		],
		doubtful: isLive ? [] : sources,
		elsewhere: instance.otherChannels
			.filter(
				({ sourceHost, sourcePort }) =>
					sourceHost !== "" && sourcePort > 0 && !sourceHost.startsWith("//"),
			)
			.map(({ sourceHost, sourcePort }) => instanceName(sourceHost, sourcePort))
			.filter(follows("source")),
	};
};
