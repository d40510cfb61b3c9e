import type { Check } from "../topology/check.ts";
import type { Instance } from "../topology/instance.ts";
import { flavorOf, majorVersionOf } from "../topology/version.ts";
import type { Row } from "./answer.ts";
import { countOf, gtidOf, textOf } from "./cell.ts";

/** A switch: 1 or ON, and the further words of MariaDB 12 such as NO_LOCK. */
const isOn = (row: Row, column: string): boolean =>
	!["", "0", "OFF"].includes(textOf(row, column));

/** What `Dialect.identityQuery` tells of a server. */
export const identityOf = (row: Row) => {
	const version = textOf(row, "version");
	const comment = textOf(row, "version_comment");
	const gtidMode = textOf(row, "gtid_mode");
	return {
		serverId: countOf(row, "server_id"),
		serverUuid: textOf(row, "server_uuid"),
		version,
		versionComment: comment,
		majorVersion: majorVersionOf(version),
		flavor: flavorOf(version, comment),
		readOnly: isOn(row, "read_only"),
		superReadOnly: isOn(row, "super_read_only"),
		logBin: isOn(row, "log_bin"),
		logReplicaUpdates: isOn(row, "log_replica_updates"),
		binlogFormat: textOf(row, "binlog_format"),
		binlogRowImage: textOf(row, "binlog_row_image"),
		gtidMode,
		supportsOracleGtid: gtidMode !== "" && gtidMode !== "OFF",
		executedGtid: gtidOf(row, "gtid_executed"),
		purgedGtid: gtidOf(row, "gtid_purged"),
		binlogGtidState: gtidOf(row, "gtid_binlog_state"),
	} satisfies Partial<Instance>;
};

/** The record of a good check that began and ended at these times, milliseconds since the epoch. */
export const goodCheck = (startedAtMs: number, endedAtMs: number): Check => ({
	outcome: "ok",
	checkedAtMs: endedAtMs,
	attemptedAtMs: endedAtMs,
	seenAtMs: endedAtMs,
	partialSuccess: true,
	error: "",
	latencyMs: Math.max(0, endedAtMs - startedAtMs),
});
