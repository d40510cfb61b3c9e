import { foldHost } from "../topology/host.ts";
import {
	type Coordinates,
	NO_REPLICATION,
	type Replication,
	type ThreadState,
} from "../topology/instance.ts";
import type { Row } from "./answer.ts";
import { countOf, gtidOf, isLag, numberOf, portOf, textOf } from "./cell.ts";
import type { ReplicaStatusColumns } from "./dialect.ts";

/** Yes → 1, No → 0, anything else such as Connecting → 2. */
const threadState = (text: string): ThreadState =>
	text === "Yes" ? 1 : text === "No" ? 0 : 2;

const coordinates = (
	row: Row,
	file: string,
	position: string,
): Coordinates => ({
	file: textOf(row, file),
	position: countOf(row, position),
});

const FILTERS = [
	"Replicate_Do_DB",
	"Replicate_Ignore_DB",
	"Replicate_Do_Table",
	"Replicate_Ignore_Table",
	"Replicate_Wild_Do_Table",
	"Replicate_Wild_Ignore_Table",
	"Replicate_Do_Domain_Ids",
	"Replicate_Ignore_Domain_Ids",
];

/** NULL while the applier does not run, or does not know, or tells what cannot be. Negative, as clocks that differ make it, is none. */
const secondsIn = (row: Row, column: string): number | null => {
	const seconds = countOf(row, column);
	return textOf(row, column) === "" || !isLag(seconds) ? null : seconds;
};

const hostOf = (row: Row, column: string): string =>
	// Control characters are in no host's name, and would forge lines of a log.
	foldHost(
		textOf(row, column)
			.replace(/\p{Cc}/gu, "")
			.slice(0, 255),
	);

/** What is told apart from the replica status itself, by channel. */
export type Heartbeats = ReadonlyMap<
	string,
	Pick<Replication, "heartbeatPeriodSeconds" | "heartbeats" | "silentForMs">
>;

/** Rows (channel, heartbeat_period, heartbeats, silent_for_us). */
export const heartbeatsOf = (rows: readonly Row[]): Heartbeats =>
	new Map(
		rows.map((row) => {
			const silentUs = textOf(row, "silent_for_us");
			return [
				textOf(row, "channel"),
				{
					heartbeatPeriodSeconds: countOf(row, "heartbeat_period"),
					heartbeats:
						textOf(row, "heartbeats") === ""
							? null
							: countOf(row, "heartbeats"),
					silentForMs:
						silentUs === "" ? null : countOf(row, "silent_for_us") / 1000,
				},
			];
		}),
	);

const channelOf = (
	row: Row,
	names: ReplicaStatusColumns,
	heartbeats: Heartbeats,
): Replication => {
	const channel = textOf(row, names.channel);
	return {
		channel,
		sourceHost: hostOf(row, names.sourceHost),
		sourcePort: portOf(row, names.sourcePort),
		sourceUuid: textOf(row, names.sourceUuid),
		user: textOf(row, names.sourceUser),
		receiver: threadState(textOf(row, names.receiverRunning)),
		applier: threadState(textOf(row, names.applierRunning)),
		readCoordinates: coordinates(row, names.readFile, names.readPosition),
		execCoordinates: coordinates(row, names.execFile, names.execPosition),
		relayCoordinates: coordinates(row, "Relay_Log_File", "Relay_Log_Pos"),
		retrievedGtid:
			gtidOf(row, "Retrieved_Gtid_Set") || gtidOf(row, "Gtid_IO_Pos"),
		lastReceiverError: textOf(row, "Last_IO_Error"),
		lastReceiverErrno: countOf(row, "Last_IO_Errno"),
		lastApplierError: textOf(row, "Last_SQL_Error"),
		secondsBehind: secondsIn(row, names.secondsBehind),
		sqlDelaySeconds: countOf(row, "SQL_Delay"),
		usingOracleGtid: numberOf(row, "Auto_Position") === 1,
		usingMariadbGtid: !["", "No"].includes(textOf(row, "Using_Gtid")),
		hasFilters: FILTERS.some((column) => textOf(row, column) !== ""),
		allowTls: textOf(row, names.sslAllowed) === "Yes",
		// MariaDB tells these among the rest, in SHOW ALL SLAVES STATUS.
		heartbeatPeriodSeconds: countOf(row, "Slave_heartbeat_period"),
		heartbeats:
			textOf(row, "Slave_received_heartbeats") === ""
				? null
				: countOf(row, "Slave_received_heartbeats"),
		silentForMs: null,
		...heartbeats.get(channel),
	};
};

/** Group replication's own channels: they have no source of their own, the group is told elsewhere. */
const isOfGroup = (channel: string): boolean =>
	channel === "group_replication_applier" ||
	channel === "group_replication_recovery";

const CHANNEL_LIMIT = 256;

/**
 * Every channel of a replica: the default one, or else the first by name, and the others by name.
 * No channel: {@link NO_REPLICATION}.
 */
export const channelsOf = (
	rows: readonly Row[],
	names: ReplicaStatusColumns,
	heartbeats: Heartbeats = new Map(),
): {
	readonly replication: Replication;
	readonly otherChannels: readonly Replication[];
} => {
	const [replication = NO_REPLICATION, ...otherChannels] = rows
		.slice(0, CHANNEL_LIMIT)
		.map((row) => channelOf(row, names, heartbeats))
		.filter(({ channel }) => !isOfGroup(channel))
		.sort((a, b) => (a.channel < b.channel ? -1 : 1));
	return { replication, otherChannels };
};
