import type { Instance } from "../instance.ts";
import { familyOf } from "./gtid.ts";
import {
	parseBinlogState,
	parseGtidPosition,
	printGtid,
} from "./mariadb-gtid-position.ts";
import {
	parseGtidSet,
	printGtidSet,
	subtract,
	withoutUuids,
} from "./mysql-gtid-set.ts";

const onMySql = (server: Instance, source: Instance): string => {
	const lacked = subtract(
		parseGtidSet(source.executedGtid),
		parseGtidSet(server.executedGtid),
	);
	const others = withoutUuids(
		lacked,
		new Set([server.serverUuid.toLowerCase()]),
	);
	return printGtidSet(subtract(lacked, others));
};

const onMariaDb = (server: Instance, source: Instance): string => {
	// With semi-sync it takes its own ones, too: it drops at its start what it did not know to be acknowledged.
	if (server.semiSync.replicaEnabled) return "";
	const reached = parseGtidPosition(server.executedGtid);
	const logged = parseBinlogState(server.binlogGtidState);
	return [...parseBinlogState(source.binlogGtidState)]
		.filter(
			([origin, gtid]) =>
				gtid.server === server.serverId &&
				(reached.get(gtid.domain)?.sequence ?? 0n) < gtid.sequence &&
				(logged.get(origin)?.sequence ?? 0n) < gtid.sequence,
		)
		.map(([, gtid]) => printGtid(gtid))
		.join(",");
};

/**
 * Transactions that the server has committed itself once, that the source has, and that the server has not any more, as text; empty
 * when none. It was put back to an older state of itself. A replica passes over what bears its own id, and so never gets them: MariaDB
 * goes on as if it had them. MariaDB names the last one of each domain.
 * @throws BatonError BadInput on malformed text
 */
export const ownLacked = (server: Instance, source: Instance): string =>
	familyOf(server) === "mariadb"
		? onMariaDb(server, source)
		: onMySql(server, source);
