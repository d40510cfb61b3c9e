// What the floor says to servers, in the words of each flavour. Pure.

import type { ServerFlavor } from "../../setup/locate.mjs";
import { ACCOUNTS } from "../../test/lab/accounts.ts";
import type { Address } from "../../test/lab/writable-server.ts";

/** Statements in order; they go in one round trip. */
type Statements = readonly string[];

export interface FloorWords {
	readonly stopReceiver: Statements;
	/** What a replica says of its channel. */
	readonly channel: Statements;
	/** Of the channel: all that the replica has is in these, as GTIDs. */
	readonly has: readonly string[];
	/** Of the channel: one of these changes with every sign of life of the source. */
	readonly signsOfLife: readonly string[];
	/** Column `waited`: 0 when all of it is applied. */
	readonly waitApplied: (gtids: string) => Statements;
	readonly open: (semiSync: boolean) => Statements;
	readonly block: Statements;
	/** Of a primary, column `executed`. */
	readonly executed: Statements;
	readonly forgetSource: Statements;
	/** For a replica whose receiver may run; its applier goes on where the server allows it. */
	readonly pointReplica: (source: Address) => Statements;
	/** For a former primary, which has never replicated. */
	readonly pointFormer: (source: Address, executed: string) => Statements;
	readonly endSemiSyncSource: Statements;
	readonly replicaStatus: Statements;
	/** Columns of the status. */
	readonly receiverState: string;
	readonly threads: readonly [receiver: string, applier: string];
}

const WAIT_S = 20;
/** As the lab lays channels: a change of source would put it back to the server's default. */
const HEARTBEAT_S = 0.5;

const place = (prefix: string, { host, port }: Address): string =>
	`${prefix}_HOST = '${host}', ${prefix}_PORT = ${port}, ${prefix}_CONNECT_RETRY = 1, ${prefix}_HEARTBEAT_PERIOD = ${HEARTBEAT_S}`;

const account = (prefix: string): string =>
	`${prefix}_USER = '${ACCOUNTS.repl.user}', ${prefix}_PASSWORD = '${ACCOUNTS.repl.password}'`;

const mysql: FloorWords = {
	stopReceiver: ["STOP REPLICA IO_THREAD"],
	channel: [
		"SELECT COUNT_RECEIVED_HEARTBEATS AS heartbeats, RECEIVED_TRANSACTION_SET AS received, @@GLOBAL.gtid_executed AS executed FROM performance_schema.replication_connection_status",
	],
	has: ["received", "executed"],
	signsOfLife: ["heartbeats", "received"],
	waitApplied: (gtids) => [
		`SELECT WAIT_FOR_EXECUTED_GTID_SET('${gtids}', ${WAIT_S}) AS waited`,
	],
	open: (semiSync) => [
		...(semiSync ? ["SET GLOBAL rpl_semi_sync_source_enabled = 1"] : []),
		"SET GLOBAL read_only = 0",
	],
	block: ["SET GLOBAL super_read_only = 1"],
	executed: ["SELECT @@GLOBAL.gtid_executed AS executed"],
	forgetSource: ["STOP REPLICA", "RESET REPLICA ALL"],
	pointReplica: (source) => [
		"STOP REPLICA IO_THREAD",
		`CHANGE REPLICATION SOURCE TO ${place("SOURCE", source)}`,
		"START REPLICA IO_THREAD",
	],
	pointFormer: (source) => [
		`CHANGE REPLICATION SOURCE TO ${place("SOURCE", source)}, ${account("SOURCE")}, SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1`,
		"START REPLICA",
	],
	endSemiSyncSource: ["SET GLOBAL rpl_semi_sync_source_enabled = 0"],
	replicaStatus: ["SHOW REPLICA STATUS"],
	receiverState: "Replica_IO_State",
	threads: ["Replica_IO_Running", "Replica_SQL_Running"],
};

const mariadb: FloorWords = {
	stopReceiver: [
		// A semi-sync receiver that is stopped connects to its source once more to end its session there: five seconds with a
		// hung one, of which the server waits two, and one at least.
		"SET GLOBAL rpl_semi_sync_slave_kill_conn_timeout = 1",
		"STOP SLAVE IO_THREAD",
		"SET GLOBAL rpl_semi_sync_slave_kill_conn_timeout = 5",
	],
	channel: ["SHOW ALL SLAVES STATUS"],
	has: ["Gtid_IO_Pos", "Gtid_Slave_Pos"],
	signsOfLife: ["Slave_received_heartbeats", "Read_Master_Log_Pos"],
	waitApplied: (gtids) => [
		`SELECT MASTER_GTID_WAIT('${gtids}', ${WAIT_S}) AS waited`,
	],
	open: (semiSync) => [
		...(semiSync ? ["SET GLOBAL rpl_semi_sync_master_enabled = 1"] : []),
		"SET GLOBAL read_only = 0",
	],
	block: ["SET GLOBAL read_only = 1"],
	executed: ["SELECT @@GLOBAL.gtid_binlog_pos AS executed"],
	forgetSource: ["STOP SLAVE", "RESET SLAVE ALL"],
	pointReplica: (source) => [
		"STOP SLAVE",
		`CHANGE MASTER TO ${place("MASTER", source)}, MASTER_USE_GTID = slave_pos`,
		"START SLAVE",
	],
	pointFormer: (source, executed) => [
		`SET GLOBAL gtid_slave_pos = '${executed}'`,
		`CHANGE MASTER TO ${place("MASTER", source)}, ${account("MASTER")}, MASTER_USE_GTID = slave_pos`,
		"START SLAVE",
	],
	endSemiSyncSource: ["SET GLOBAL rpl_semi_sync_master_enabled = 0"],
	replicaStatus: ["SHOW SLAVE STATUS"],
	receiverState: "Slave_IO_State",
	threads: ["Slave_IO_Running", "Slave_SQL_Running"],
};

export const FLOOR_WORDS: Readonly<Record<ServerFlavor, FloorWords>> = {
	mysql,
	mariadb,
};
