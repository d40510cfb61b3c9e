import { contains, familyOf, union } from "../../topology/gtid/gtid.ts";
import {
	parseGtidPosition,
	printGtid,
	printGtidPosition,
} from "../../topology/gtid/mariadb-gtid-position.ts";
import {
	parseGtidSet,
	printGtidSet,
	subtract,
} from "../../topology/gtid/mysql-gtid-set.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import { channelsIn } from "./channel.ts";

/** What the server has applied, and what that channel of it has received. */
export const receivedOn = (instance: Instance, channel: Replication): string =>
	union(familyOf(instance), instance.executedGtid, channel.retrievedGtid);

/** What the server has applied, and what all of its channels have received. */
export const receivedOnAll = (instance: Instance): string =>
	channelsIn(instance).reduce(
		(all, { retrievedGtid }) => union(familyOf(instance), all, retrievedGtid),
		instance.executedGtid,
	);

/** Whether received events of the channel wait to be applied. */
export const hasUnapplied = (
	instance: Instance,
	channel: Replication,
): boolean =>
	!contains(familyOf(instance), instance.executedGtid, channel.retrievedGtid);

/** The set or position without the errant transactions: no other server will ever have them. On MariaDB without their domains. */
export const withoutErrant = (
	instance: Instance,
	gtid: string,
	errant: string,
): string => {
	if (errant === "") return gtid;
	if (familyOf(instance) === "mysql")
		return printGtidSet(subtract(parseGtidSet(gtid), parseGtidSet(errant)));
	const named = new Set(errant.split(",").map((each) => each.trim()));
	return printGtidPosition(
		new Map(
			[...parseGtidPosition(gtid)].filter(
				([, each]) => !named.has(printGtid(each)),
			),
		),
	);
};
