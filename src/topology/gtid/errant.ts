import { BatonError } from "../../errors.ts";
import type { Instance } from "../instance.ts";
import { familyOf, type GtidFamily, missing } from "./gtid.ts";
import {
	type MariaDbGtid,
	parseBinlogState,
	parseGtidPosition,
	printGtid,
	unmatched,
} from "./mariadb-gtid-position.ts";
import {
	parseGtidSet,
	printGtidSet,
	subtract,
	withoutUuids,
} from "./mysql-gtid-set.ts";

const standing = (instance: Instance) => ({
	position: parseGtidPosition(instance.executedGtid),
	binlogState: parseBinlogState(instance.binlogGtidState),
});

const printAll = (gtids: readonly MariaDbGtid[]): string =>
	gtids.map(printGtid).join(",");

/**
 * Transactions that a returning primary has and the present one lacks, as text; empty when none. It leans to the safe
 * side: a transaction that cannot be shown to be on `primary` counts. Both have to be probed while `returning` takes no
 * writes, `primary` last. MariaDB names the last such transaction of each server and domain.
 */
export const extraOf = (returning: Instance, primary: Instance): string =>
	familyOf(returning) === "mariadb"
		? printAll(unmatched(standing(returning), standing(primary), false))
		: missing("mysql", primary.executedGtid, returning.executedGtid);

const lineageUuids = (lineage: readonly Instance[]): Set<string> =>
	new Set(
		lineage
			.flatMap((i) => [
				...i.ancestryUuid.split(","),
				i.serverUuid,
				i.group.name,
			])
			.filter((uuid) => uuid !== "")
			.map((uuid) => uuid.toLowerCase()),
	);

/** In a co-primary pair or a ring its own transactions come back to its source, later than the source was looked at. */
const isInRing = (replica: Instance, lineage: readonly Instance[]): boolean =>
	replica.isCoMaster || lineage.some(({ name }) => name === replica.name);

/**
 * What the source has is known, so that it can be held against what a replica of that family has. An empty set is a set: that of a server
 * which has committed nothing. It is nothing known where the source has no GTIDs of that family, or was never seen.
 */
const hasKnownGtids = (family: GtidFamily, source: Instance): boolean =>
	source.executedGtid !== "" ||
	(family === "mariadb"
		? source.flavor === "MariaDB" && source.logBin
		: source.supportsOracleGtid);

const errantOnMySql = (
	replica: Instance,
	source: Instance,
	lineage: readonly Instance[],
): string => {
	const upstream = lineageUuids(lineage);
	if (replica.group.name !== "") upstream.add(replica.group.name.toLowerCase());
	const own = replica.serverUuid.toLowerCase();
	if (isInRing(replica, lineage)) upstream.add(own);
	else upstream.delete(own);
	const local = withoutUuids(parseGtidSet(replica.executedGtid), upstream);
	if (local.size === 0) return "";
	return printGtidSet(subtract(local, parseGtidSet(source.executedGtid)));
};

const errantOnMariaDb = (
	replica: Instance,
	source: Instance,
	lineage: readonly Instance[],
	trustPosition: boolean,
): string[] => {
	const upstream = new Set(lineage.map(({ serverId }) => serverId));
	if (isInRing(replica, lineage)) upstream.add(replica.serverId);
	return unmatched(standing(replica), standing(source), trustPosition)
		.filter(({ server }) => !upstream.has(server))
		.map(printGtid);
};

/**
 * Nothing where it is unknown what the source has: a server may tell what is no GTID set at all, too. Whoever decides by a set parses it
 * himself, and is refused.
 */
const whereKnown = (
	replica: Instance,
	source: Instance,
	compare: () => string,
): string => {
	try {
		return hasKnownGtids(familyOf(replica), source) ? compare() : "";
	} catch (error) {
		if (error instanceof BatonError && error.code === "BadInput") return "";
		throw error;
	}
};

/**
 * MariaDB: transactions of a replica of which it cannot be told whether they came from its source. The source has logged none of that
 * server and domain, and stands further on: it was provisioned after them, or never had them.
 */
export const doubtfulAgainst = (
	replica: Instance,
	source: Instance,
	furtherAncestors: readonly Instance[] = [],
): string => {
	if (familyOf(replica) !== "mariadb") return "";
	const lineage = [source, ...furtherAncestors];
	return whereKnown(replica, source, () => {
		const sure = errantOnMariaDb(replica, source, lineage, true);
		return errantOnMariaDb(replica, source, lineage, false)
			.filter((gtid) => !sure.includes(gtid))
			.join(",");
	});
};

/**
 * Transactions of a replica that did not come from its source, as far as two probes of different moments tell; empty when none, or when either set is unknown or cannot be read. A source
 * that has committed nothing has an empty set, which is known: all that is the replica's own is errant then. What originates from a server above it is never
 * counted: the source may have been looked at earlier than the replica.
 * @param furtherAncestors the servers above `source`, nearest first. MySQL knows them from the source's
 * `ancestryUuid` too; MariaDB has no such identity.
 */
export const errantAgainst = (
	replica: Instance,
	source: Instance,
	furtherAncestors: readonly Instance[] = [],
): string => {
	const lineage = [source, ...furtherAncestors];
	return whereKnown(replica, source, () =>
		familyOf(replica) === "mariadb"
			? errantOnMariaDb(replica, source, lineage, true).join(",")
			: errantOnMySql(replica, source, lineage),
	);
};
