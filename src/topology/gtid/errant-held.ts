import type { Instance } from "../instance.ts";
import { familyOf, missing, received, union } from "./gtid.ts";
import {
	type MariaDbGtid,
	parseBinlogState,
	parseGtidPosition,
	printGtid,
} from "./mariadb-gtid-position.ts";
import { withoutErrant } from "./without-errant.ts";

/**
 * What is errant of what the server has, or gets from those above it: its own errant transactions and theirs, as `Instance.errantGtid`
 * has them. Throws BatonError BadInput on malformed text.
 */
export const errantHeld = (
	instance: Instance,
	above: readonly Instance[],
): string =>
	familyOf(instance) === "mariadb"
		? [
				...new Set(
					[instance, ...above].flatMap((each) => gtidsIn(each.errantGtid)),
				),
			].join(",")
		: above.reduce(
				(all, each) => union("mysql", all, each.errantGtid),
				instance.errantGtid,
			);

/** As {@link withoutErrant}, where what is errant on the servers above it does not count either. */
export const withoutErrantHeld = (
	instance: Instance,
	above: readonly Instance[],
): string =>
	withoutErrant({ ...instance, errantGtid: errantHeld(instance, above) });

const gtidsIn = (errant: string): string[] =>
	errant
		.split(",")
		.map((each) => each.trim())
		.filter((each) => each !== "");

const originOf = ({ domain, server }: MariaDbGtid): string =>
	`${domain}-${server}`;

/** Its binary logs hold it, or its position is that very one: the mere number of a position tells of no other server's. */
const hasGtid =
	(server: Instance) =>
	(gtid: MariaDbGtid): boolean => {
		const logged = parseBinlogState(server.binlogGtidState).get(originOf(gtid));
		const reached = parseGtidPosition(received(server)).get(gtid.domain);
		return [logged, reached].some(
			(each) => each?.server === gtid.server && each.sequence >= gtid.sequence,
		);
	};

const listed = (errant: string, isMeant: (gtid: MariaDbGtid) => boolean) =>
	[...parseBinlogState(errant).values()]
		.filter(isMeant)
		.map(printGtid)
		.join(",");

/** Those of the errant transactions that the server has not received, as text. Throws BatonError BadInput on malformed text. */
export const errantLackedBy = (server: Instance, errant: string): string => {
	if (familyOf(server) === "mysql")
		return missing("mysql", received(server), errant);
	const has = hasGtid(server);
	return listed(errant, (gtid) => !has(gtid));
};

/** Those of the errant transactions that the one has and the other lacks, as text. Throws BatonError BadInput on malformed text. */
export const errantBetween = (
	one: Instance,
	other: Instance,
	errant: string,
): string => {
	const lacked = errantLackedBy(other, errant);
	if (familyOf(one) === "mysql")
		return missing("mysql", errantLackedBy(one, lacked), lacked);
	return listed(lacked, hasGtid(one));
};

/**
 * Why the source would not let the replica in by what is errant of that, as a sentence; empty when it would. MariaDB: the replica stands at such a
 * transaction, none of its own, which the source has not, in a domain that it has logged. On MySQL a source looks at whole sets.
 * @param position the last that the replica has received of each domain
 */
export const whyStranded = (
	replica: Instance,
	position: string,
	errant: string,
	source: Instance,
): string => {
	if (familyOf(replica) === "mysql" || errant === "") return "";
	const known = new Set(gtidsIn(errant));
	const has = hasGtid(source);
	const served = new Set(
		[source.binlogGtidState, source.executedGtid].flatMap((text) =>
			[...parseBinlogState(text).values()].map(({ domain }) => domain),
		),
	);
	const at = [...parseGtidPosition(position).values()]
		.filter(
			(gtid) =>
				known.has(printGtid(gtid)) &&
				gtid.server !== replica.serverId &&
				served.has(gtid.domain) &&
				!has(gtid),
		)
		.map(printGtid);
	return at.length === 0
		? ""
		: `${replica.name} stands at ${at.join(",")}, an errant transaction that is not in the binary logs of ${source.name}, which would not let it in there (error 1236): move it when it has applied another one of that domain`;
};

/** Of what the channel has received and the server has not applied, what is errant: another source cannot give it again. */
export const errantUnapplied = (
	server: Instance,
	retrieved: string,
	errant: string,
): string => {
	const applied: Instance = {
		...server,
		replication: { ...server.replication, retrievedGtid: "" },
	};
	if (familyOf(server) === "mysql")
		return missing(
			"mysql",
			server.executedGtid,
			missing("mysql", missing("mysql", retrieved, errant), errant),
		);
	const reached = parseGtidPosition(retrieved);
	return listed(
		errantLackedBy(applied, errant),
		({ domain, sequence }) =>
			(reached.get(domain)?.sequence ?? -1n) >= sequence &&
			(parseGtidPosition(server.executedGtid).get(domain)?.sequence ?? -1n) <
				sequence,
	);
};
