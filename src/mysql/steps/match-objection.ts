import { errors } from "../../errors.ts";
import type { PlaceBy } from "../../planning/step.ts";
import {
	type Instance,
	isReplica,
	type Replication,
} from "../../topology/instance.ts";
import { channelSource, hasSource, through } from "./channel.ts";
import {
	identityObjection,
	type Meant,
	takenBySibling,
} from "./move-objection.ts";

/** What a match goes by before it touches anything. */
export interface MatchFacts {
	readonly step: Meant & { readonly by: Pick<PlaceBy, "way"> };
	readonly replica: Instance;
	readonly channel: Replication;
	readonly source: Instance;
	/** The replication account is known. */
	readonly hasCredential: boolean;
}

/**
 * A primary that replicates from nobody is to replicate back, or from a place that is recorded as its own; a replica is to have another
 * source. Why it is not so; empty when it is.
 */
const unlikeMeant = ({
	step,
	channel,
	source,
	hasCredential,
}: MatchFacts): string => {
	const named = through(step.channel);
	const above = channelSource(channel);
	const isFromNobody = step.by.way === "recorded" && !hasSource(channel);
	if (step.by.way !== "back" && !isFromNobody)
		return hasSource(channel)
			? ""
			: `${step.on} replicates from nobody${named}`;
	if (hasSource(channel) && above !== source.name)
		return `${step.on} replicates from ${above ?? "a detached source"}${named}, and would have to forget that first`;
	return channel.user === "" && !hasCredential
		? `no replication account is known for ${step.on}${named}, which has none itself`
		: "";
};

/** Why the source's binary logs do not hold what a replica of it would get; empty when they do. */
const untelling = (source: Instance): string => {
	const { name: server, logBin, logReplicaUpdates } = source;
	if (!logBin) return errors.noBinaryLogs({ server }).message;
	return isReplica(source) && !logReplicaUpdates
		? errors.logsNoUpdates({ server }).message
		: "";
};

/** Why the channel cannot be pointed there by what the logs tell; empty when it may be. */
export const matchObjection = (facts: MatchFacts): string => {
	const { step, replica, channel, source } = facts;
	const other = identityObjection({ step, replica, source });
	if (other !== "") return other;
	const named = through(step.channel);
	const unlike = unlikeMeant(facts);
	if (unlike !== "") return unlike;
	if (channel.usingOracleGtid || channel.usingMariadbGtid)
		return `${step.on} replicates by GTID${named}, which needs neither Pseudo-GTID nor a place; use relocate`;
	return untelling(source) || takenBySibling(step, replica);
};
