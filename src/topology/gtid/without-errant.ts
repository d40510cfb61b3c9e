import type { Instance } from "../instance.ts";
import { familyOf, missing, received } from "./gtid.ts";
import {
	type MariaDbGtid,
	parseBinlogState,
	parseGtidPosition,
	printGtid,
	printGtidPosition,
} from "./mariadb-gtid-position.ts";

const originOf = ({ domain, server }: MariaDbGtid): string =>
	`${domain}-${server}`;

/**
 * A MariaDB position names one transaction a domain, which may be an errant one that hides how far the rest came. The binary log
 * tells that by server: the furthest of those that are not errant.
 */
const cleanPosition = (instance: Instance): string => {
	const errant = new Set(parseBinlogState(instance.errantGtid).keys());
	const all = [
		...parseBinlogState(instance.binlogGtidState).values(),
		...parseGtidPosition(instance.executedGtid).values(),
		...parseGtidPosition(instance.replication.retrievedGtid).values(),
	].filter((gtid) => !errant.has(originOf(gtid)));
	return printGtidPosition(
		parseGtidPosition(all.map((gtid) => printGtid(gtid)).join(",")),
	);
};

/**
 * What the instance has received or applied of its cluster's transactions: its own errant ones, which no other server shall get,
 * do not count. Canonical text. Throws BatonError BadInput on malformed text.
 */
export const withoutErrant = (instance: Instance): string => {
	if (instance.errantGtid === "") return received(instance);
	return familyOf(instance) === "mariadb"
		? cleanPosition(instance)
		: missing("mysql", instance.errantGtid, received(instance));
};
