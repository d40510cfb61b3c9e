import {
	type Coordinates,
	NO_REPLICATION,
	type Replication,
	type ThreadState,
} from "../topology/instance.ts";
import type { ReplicaStatusColumns } from "./dialect.ts";
import type { Row } from "./session.ts";

export const textOf = (row: Row, column: string): string => {
	const value = row[column];
	return value === null || value === undefined ? "" : String(value);
};

export const numberOf = (row: Row, column: string): number => {
	const number = Number(row[column] ?? 0);
	return Number.isFinite(number) ? number : 0;
};

/** Yes → 1, No → 0, anything else such as Connecting → 2 (detection.md §2.3). */
const threadState = (text: string): ThreadState =>
	text === "Yes" ? 1 : text === "No" ? 0 : 2;

const coordinates = (
	row: Row,
	file: string,
	position: string,
): Coordinates => ({
	file: textOf(row, file),
	position: numberOf(row, position),
});

const FILTERS = [
	"Replicate_Do_DB",
	"Replicate_Ignore_DB",
	"Replicate_Do_Table",
	"Replicate_Ignore_Table",
	"Replicate_Wild_Do_Table",
	"Replicate_Wild_Ignore_Table",
];

/** The default channel, or the only one there is. No row: {@link NO_REPLICATION}. */
export const replicationOf = (
	rows: readonly Row[],
	names: ReplicaStatusColumns,
): Replication => {
	const row =
		rows.find((each) => textOf(each, names.channel) === "") ?? rows[0];
	if (row === undefined) return NO_REPLICATION;
	const behind = row[names.secondsBehind];
	return {
		...NO_REPLICATION,
		sourceHost: textOf(row, names.sourceHost),
		sourcePort: numberOf(row, names.sourcePort),
		sourceUuid: textOf(row, names.sourceUuid),
		user: textOf(row, names.sourceUser),
		receiver: threadState(textOf(row, names.receiverRunning)),
		applier: threadState(textOf(row, names.applierRunning)),
		readCoordinates: coordinates(row, names.readFile, names.readPosition),
		execCoordinates: coordinates(row, names.execFile, names.execPosition),
		relayCoordinates: coordinates(row, "Relay_Log_File", "Relay_Log_Pos"),
		retrievedGtid: (
			textOf(row, "Retrieved_Gtid_Set") || textOf(row, "Gtid_IO_Pos")
		).replace(/\s/g, ""),
		lastReceiverError: textOf(row, "Last_IO_Error"),
		lastReceiverErrno: numberOf(row, "Last_IO_Errno"),
		lastApplierError: textOf(row, "Last_SQL_Error"),
		secondsBehind:
			behind === null || behind === undefined
				? null
				: Math.max(0, Number(behind)),
		sqlDelaySeconds: numberOf(row, "SQL_Delay"),
		usingOracleGtid: textOf(row, "Auto_Position") === "1",
		usingMariadbGtid: !["", "No"].includes(textOf(row, "Using_Gtid")),
		hasFilters: FILTERS.some((column) => textOf(row, column) !== ""),
		allowTls: textOf(row, names.sslAllowed) === "Yes",
	};
};
