import { errors } from "../../errors.ts";
import {
	type Instance,
	isReplica,
	type Replication,
} from "../../topology/instance.ts";
import { hasSource, through } from "./channel.ts";
import {
	identityObjection,
	type Meant,
	takenBySibling,
} from "./move-objection.ts";

/** What a match goes by before it touches anything. */
export interface MatchFacts {
	readonly step: Meant;
	readonly replica: Instance;
	readonly channel: Replication;
	readonly source: Instance;
}

/** Why the source's binary logs do not hold what a replica of it would get; empty when they do. */
const untelling = (source: Instance): string => {
	const { name: server, logBin, logReplicaUpdates } = source;
	if (!logBin) return errors.noBinaryLogs({ server }).message;
	return isReplica(source) && !logReplicaUpdates
		? errors.logsNoUpdates({ server }).message
		: "";
};

/** Why the channel cannot be pointed there by what the logs tell; empty when it may be. */
export const matchObjection = ({
	step,
	replica,
	channel,
	source,
}: MatchFacts): string => {
	const other = identityObjection({ step, replica, source });
	if (other !== "") return other;
	const named = through(step.channel);
	if (!hasSource(channel)) return `${step.on} replicates from nobody${named}`;
	if (channel.usingOracleGtid || channel.usingMariadbGtid)
		return `${step.on} replicates by GTID${named}, which needs neither Pseudo-GTID nor a place; use relocate`;
	return untelling(source) || takenBySibling(step, replica);
};
