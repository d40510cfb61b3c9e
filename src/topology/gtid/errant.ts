import { BatonError } from "../../errors.ts";
import type { Instance } from "../instance.ts";
import { familyOf, missing } from "./gtid.ts";
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

const errantOnMySql = (
	replica: Instance,
	source: Instance,
	lineage: readonly Instance[],
): string => {
	if (replica.executedGtid === "" || source.executedGtid === "") return "";
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
	if (source.executedGtid === "") return [];
	const upstream = new Set(lineage.map(({ serverId }) => serverId));
	if (isInRing(replica, lineage)) upstream.add(replica.serverId);
	return unmatched(standing(replica), standing(source), trustPosition)
		.filter(({ server }) => !upstream.has(server))
		.map(printGtid);
};

/** What a server tells may be no GTID set at all: then it is unknown. Whoever decides by a set parses it himself, and is refused. */
const whereReadable = (compare: () => string): string => {
	try {
		return compare();
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
	return whereReadable(() => {
		const sure = errantOnMariaDb(replica, source, lineage, true);
		return errantOnMariaDb(replica, source, lineage, false)
			.filter((gtid) => !sure.includes(gtid))
			.join(",");
	});
};

/**
 * Transactions of a replica that did not come from its source, as far as two probes of different moments tell; empty when none, or when either set is unknown or cannot be read. What originates from a server above it is never
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
	return whereReadable(() =>
		familyOf(replica) === "mariadb"
			? errantOnMariaDb(replica, source, lineage, true).join(",")
			: errantOnMySql(replica, source, lineage),
	);
};
