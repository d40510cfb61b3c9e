import type { StepOf } from "../../planning/step.ts";
import { missingPurged } from "../../topology/can-replicate.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import { channelSource, channelsIn, hasSource, through } from "./channel.ts";
import { receivedOn } from "./received.ts";

/** What a move goes by before it touches anything. */
export interface MoveFacts {
	readonly step: StepOf<"moveBelow">;
	readonly replica: Instance;
	readonly channel: Replication;
	/** Undefined when it is gone (`unseen`). */
	readonly source: Instance | undefined;
	/** The replication account is known. */
	readonly hasCredential: boolean;
	/** What the channel has received stays in its relay logs. */
	readonly keepsRelayLogs: boolean;
}

/** A server that is to be the source, and what is known of its identity. */
export type Meant = Pick<
	StepOf<"moveBelow">,
	"on" | "channel" | "source" | "sourceUuid" | "sourceId"
>;

/** Why the source is not the server that is meant; empty when it is, or cannot be asked. */
export const identityObjection = ({
	step,
	replica,
	source,
}: Pick<MoveFacts, "replica" | "source"> & {
	readonly step: Meant;
}): string => {
	if (step.on === step.source) return `${step.on} cannot be its own source`;
	if (source === undefined) return "";
	if (step.sourceUuid !== "" && source.serverUuid !== step.sourceUuid)
		return `${step.source} is another server than the one that is meant: its server_uuid is ${source.serverUuid}, not ${step.sourceUuid}`;
	if (step.sourceId !== 0 && source.serverId !== step.sourceId)
		return `${step.source} is another server than the one that is meant: its server_id is ${source.serverId}, not ${step.sourceId}`;
	if (source.serverUuid !== "" && source.serverUuid === replica.serverUuid)
		return `${step.on} and ${step.source} are one server: both have server_uuid ${source.serverUuid}`;
	return "";
};

const isOfGtid = ({ replica, channel }: MoveFacts): boolean =>
	hasSource(channel)
		? channel.usingOracleGtid || channel.usingMariadbGtid
		: replica.flavor === "MariaDB" || replica.supportsOracleGtid;

/** A former primary becomes a replica by GTID only with a position that nobody else on the server is using. */
const cannotAdopt = ({ replica, channel }: MoveFacts): boolean =>
	replica.flavor === "MariaDB" &&
	!hasSource(channel) &&
	channelsIn(replica).some(hasSource);

/** What the source has purged and the replica would have to be given. Kept relay logs count: they are not asked for again. */
const purged = ({
	replica,
	channel,
	source,
	keepsRelayLogs,
}: MoveFacts): string =>
	source === undefined
		? ""
		: missingPurged(
				keepsRelayLogs
					? { ...replica, executedGtid: receivedOn(replica, channel) }
					: replica,
				source,
			);

/** Why no second channel can have the source; empty when none has it. */
export const takenBySibling = (
	{ on, channel, source }: Meant,
	replica: Instance,
): string => {
	const other = channelsIn(replica).find(
		(each) => each.channel !== channel && channelSource(each) === source,
	);
	return other === undefined
		? ""
		: `${on} replicates from ${source} already${through(other.channel) || " (the default channel)"}: two channels cannot have one source`;
};

/** Why the channel cannot be pointed there; empty when it can. @throws BatonError BadInput on malformed GTID text */
export const moveObjection = (facts: MoveFacts): string => {
	const { step, channel, source, hasCredential } = facts;
	const named = through(step.channel);
	if (!isOfGtid(facts))
		return `${step.on} does not replicate by GTID${named}: it can only be moved by GTID`;
	if (source?.flavor !== "MariaDB" && source?.supportsOracleGtid === false)
		return `${step.source} has no GTIDs (gtid_mode is ${source.gtidMode || "not known"})`;
	if (!hasSource(channel) && channel.user === "" && !hasCredential)
		return `no replication account is known for ${step.on}${named}, which has none itself`;
	const taken = takenBySibling(step, facts.replica);
	if (taken !== "") return taken;
	if (cannotAdopt(facts))
		return `${step.on} replicates by other channels: the position of its own writes cannot be adopted for a new channel${named}`;
	const gone = purged(facts);
	return gone === ""
		? ""
		: `${step.source} has purged transactions that ${step.on} lacks: ${gone.slice(0, 300)}`;
};
