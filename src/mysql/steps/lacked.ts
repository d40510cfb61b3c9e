import { contains, familyOf } from "../../topology/gtid/gtid.ts";
import {
	covers,
	type MariaDbGtid,
	parseBinlogState,
	parseGtidPosition,
	printGtid,
	printGtidPosition,
	unmatched,
} from "../../topology/gtid/mariadb-gtid-position.ts";
import {
	parseGtidSet,
	printGtidSet,
	subtract,
	withoutUuids,
} from "../../topology/gtid/mysql-gtid-set.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import { channelsIn, hasSource } from "./channel.ts";
import { receivedOn } from "./received.ts";

/** What a server still has to apply. */
export interface Lacked {
	/** As text that can be waited for; empty when it lacks nothing. */
	readonly goal: string;
	/** The same for people. */
	readonly says: string;
}

/** One channel of a replica. */
export interface OneChannel {
	readonly replica: Instance;
	readonly channel: Replication;
	/** Transactions of the replica that are known to be errant, as `Instance.errantGtid` has them. */
	readonly errant: string;
}

const hasOtherChannels = ({ replica, channel }: OneChannel): boolean =>
	channelsIn(replica).some(
		(each) => each.channel !== channel.channel && hasSource(each),
	);

/** Of a server with several sources only what this channel brought is expected of its next source. */
const countedOn = (of: OneChannel): string =>
	hasOtherChannels(of)
		? of.channel.retrievedGtid
		: receivedOn(of.replica, of.channel);

const lackedOnMySql = (source: Instance, of: OneChannel): Lacked => {
	const { replica, channel } = of;
	const counted = parseGtidSet(countedOn(of));
	const expected = hasSource(channel)
		? withoutUuids(counted, new Set([replica.serverUuid.toLowerCase()]))
		: counted;
	const text = printGtidSet(
		subtract(
			subtract(expected, parseGtidSet(of.errant)),
			parseGtidSet(source.executedGtid),
		),
	);
	return { goal: text, says: text };
};

const standing = (instance: Instance) => ({
	position: parseGtidPosition(instance.executedGtid),
	binlogState: parseBinlogState(instance.binlogGtidState),
});

/** A position hides what lies behind it, so the binary logs are held against each other too. */
const lackedOnMariaDb = (source: Instance, of: OneChannel): Lacked => {
	const { replica, channel } = of;
	const errant = new Set(of.errant.split(",").map((each) => each.trim()));
	const isExpected = (gtid: MariaDbGtid): boolean =>
		!errant.has(printGtid(gtid)) &&
		!(hasSource(channel) && gtid.server === replica.serverId);
	const there = standing(source);
	const counted = parseGtidPosition(countedOn(of));
	const unreached = [...counted].filter(
		([domain, gtid]) => !covers(there.position, new Map([[domain, gtid]])),
	);
	const logged = hasOtherChannels(of)
		? []
		: unmatched(standing(replica), there, true);
	const lacked = new Map(
		[...unreached.map(([, gtid]) => gtid), ...logged]
			.filter(isExpected)
			.map((gtid) => [printGtid(gtid), gtid]),
	);
	const furthest = new Map<number, MariaDbGtid>();
	for (const gtid of lacked.values())
		if (gtid.sequence > (furthest.get(gtid.domain)?.sequence ?? -1n))
			furthest.set(gtid.domain, gtid);
	return {
		goal: printGtidPosition(furthest),
		says: [...lacked.keys()].join(", "),
	};
};

/**
 * What the replica has received by the channel, or holds, and `source` has not applied: it must come there before the replica can
 * be moved below it. What the replica has committed by itself is not counted while it is a replica: that stays with it. Of a
 * server that has been nobody's replica on that channel all counts: its own transactions are writes of clients.
 * @throws BatonError BadInput on malformed GTID text
 */
export const lackedBy = (source: Instance, of: OneChannel): Lacked =>
	familyOf(of.replica) === "mariadb"
		? lackedOnMariaDb(source, of)
		: lackedOnMySql(source, of);

/** Whether the server can come to have it without anybody's help: one of its channels brings it, and applies. */
export const isComing = (source: Instance, { goal }: Lacked): boolean =>
	channelsIn(source).some(
		(channel) =>
			hasSource(channel) &&
			channel.applier === 1 &&
			(channel.receiver > 0 ||
				contains(familyOf(source), receivedOn(source, channel), goal)),
	);
