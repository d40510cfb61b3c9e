import { contains, familyOf } from "../topology/gtid/gtid.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	isReplicationRunning,
} from "../topology/instance.ts";

interface LagLimit {
	/** ReasonableMaintenanceReplicationLagSeconds. */
	readonly maxMaintenanceLagSeconds: number;
}

/** Why the server does not count as one that is up and, where it is a replica, replicates; empty when it does. */
export const whyNotUp = (instance: Instance): string => {
	const { name, check, replication, otherChannels } = instance;
	if (!isLastCheckValid(instance))
		return `${name} does not answer${check.error === "" ? "" : ` (${check.error})`}`;
	if (!isReplica(instance)) return "";
	const broken = [replication, ...otherChannels].find(
		(each) => each.receiver !== 1 || each.applier !== 1,
	);
	if (isReplicationRunning(instance) && broken === undefined) return "";
	const why = broken?.lastReceiverError || broken?.lastApplierError || "";
	return `${name} does not replicate${why === "" ? "" : ` (${why})`}`;
};

/** Why the replica is too far behind, beyond its own delay; empty when it is not, and of a server that replicates from nobody. */
export const whyBehind = (
	instance: Instance,
	{ maxMaintenanceLagSeconds: limit }: LagLimit,
): string => {
	const { name, lagSeconds, replication } = instance;
	if (!isReplica(instance)) return "";
	if (lagSeconds === null) return `${name} does not tell how far it is behind`;
	return lagSeconds - replication.sqlDelaySeconds > limit
		? `${name} is ${lagSeconds} s behind`
		: "";
};

/**
 * What a server that was taken out still lacks to be back; empty when it is: it answers, replicates, and has what its primary had.
 * @param had what the primary had executed when it was looked at first, as a GTID set; empty where that is not to be compared
 */
export const whyNotBack = (
	server: Instance | undefined,
	had: string,
	limit: LagLimit,
): string => {
	if (server === undefined) return "it is not known any more";
	const why = whyNotUp(server) || whyBehind(server, limit);
	if (why !== "") return why;
	if (!isReplica(server)) return `${server.name} replicates from nobody`;
	// A delayed replica lacks on purpose what is young.
	return server.replication.sqlDelaySeconds > 0 ||
		contains(familyOf(server), server.executedGtid, had)
		? ""
		: `${server.name} has not applied all that its primary had when it came back`;
};
