import type { GtidFamily } from "./gtid.ts";
import { parseBinlogState, printGtid } from "./mariadb-gtid-position.ts";
import {
	intersect,
	isEmpty,
	parseGtidSet,
	printGtidSet,
	subtract,
} from "./mysql-gtid-set.ts";

/** A binary log, and what had been logged before it began: MySQL's Previous_gtids event, MariaDB's Gtid_list. */
export interface BinaryLogStart {
	readonly file: string;
	readonly before: string;
}

export interface HoldingLogs {
	/** Oldest first. */
	readonly files: readonly string[];
	/** What is in none of them any more; empty when all is. */
	readonly purged: string;
}

const onMySql = (
	wanted: string,
	logs: readonly BinaryLogStart[],
): HoldingLogs => {
	const set = parseGtidSet(wanted);
	const before = logs.map((log) => parseGtidSet(log.before));
	const files = logs.filter((_, index) => {
		const start = before[index];
		const end = before[index + 1];
		if (start === undefined) return false;
		const later = subtract(set, start);
		return !isEmpty(end === undefined ? later : intersect(later, end));
	});
	return {
		files: files.map(({ file }) => file),
		purged: printGtidSet(intersect(set, before[0] ?? set)),
	};
};

const onMariaDb = (
	wanted: string,
	logs: readonly BinaryLogStart[],
): HoldingLogs => {
	const gtids = [...parseBinlogState(wanted)];
	const before = logs.map((log) => parseBinlogState(log.before));
	const isBefore = (index: number, [origin, gtid]: (typeof gtids)[number]) =>
		gtid.sequence <= (before[index]?.get(origin)?.sequence ?? -1n);
	const files = logs.filter((_, index) =>
		gtids.some(
			(each) =>
				!isBefore(index, each) &&
				(index === logs.length - 1 || isBefore(index + 1, each)),
		),
	);
	return {
		files: files.map(({ file }) => file),
		purged: gtids
			.filter((each) => logs.length === 0 || isBefore(0, each))
			.map(([, gtid]) => printGtid(gtid))
			.join(","),
	};
};

/**
 * The binary logs that hold at least one of the given transactions.
 * @param wanted a GTID set; on MariaDB the last transactions of some servers
 * @param logs every binary log of the server, oldest first
 * @throws BatonError BadInput on malformed text
 */
export const holdingLogs = (
	family: GtidFamily,
	wanted: string,
	logs: readonly BinaryLogStart[],
): HoldingLogs =>
	family === "mariadb" ? onMariaDb(wanted, logs) : onMySql(wanted, logs);
