import type { Instance } from "../instance.ts";
import { familyOf, received } from "./gtid.ts";
import {
	covers,
	parseGtidPosition,
	printGtidPosition,
} from "./mariadb-gtid-position.ts";
import {
	parseGtidSet,
	printGtidSet,
	subtract,
	withoutUuids,
} from "./mysql-gtid-set.ts";

/**
 * What is in the set and was not received by the server, but for what originates from `writers`: those may have written it after
 * the server was looked at. Throws BatonError BadInput on malformed text.
 */
export const lackedBut = (
	server: Instance,
	set: string,
	writers: readonly Instance[],
): string => {
	const has = received(server);
	if (familyOf(server) === "mysql") {
		const origins = writers
			.flatMap(({ serverUuid, group }) => [serverUuid, group.name])
			.filter((uuid) => uuid !== "");
		return printGtidSet(
			withoutUuids(
				subtract(parseGtidSet(set), parseGtidSet(has)),
				new Set(origins.map((uuid) => uuid.toLowerCase())),
			),
		);
	}
	const reached = parseGtidPosition(has);
	return printGtidPosition(
		new Map(
			[...parseGtidPosition(set)].filter(
				([domain, gtid]) =>
					!covers(reached, new Map([[domain, gtid]])) &&
					!writers.some(({ serverId }) => serverId === gtid.server),
			),
		),
	);
};
