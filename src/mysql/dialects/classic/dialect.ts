import {
	type ChannelWords,
	channelStatements,
} from "../../channel-statements.ts";
import type { Dialect } from "../../dialect.ts";
import { modern } from "../modern/dialect.ts";
import { openWork } from "../modern/open-work.ts";
import { applier } from "./applier.ts";
import { poll } from "./poll.ts";
import { privileges } from "./privileges.ts";

/** MySQL and Percona Server 8.0 to 8.3: the master/slave words, which all of these still know. */

const WORDS: ChannelWords = {
	replica: "SLAVE",
	change: "CHANGE MASTER",
	prefix: "MASTER",
	positioning: "MASTER_AUTO_POSITION = 1",
	noPositioning: "MASTER_AUTO_POSITION = 0",
	hasRetryCount: true,
	hasPublicKey: true,
	losesHeartbeat: false,
	naming: "at-end",
};

export const classic: Dialect = {
	...modern,
	name: "classic",
	identityQuery: modern.identityQuery.replace(
		"@@global.log_replica_updates",
		"@@global.log_slave_updates",
	),
	replicaStatus: "SHOW SLAVE STATUS",
	replicaStatusColumns: {
		sourceHost: "Master_Host",
		sourcePort: "Master_Port",
		sourceUser: "Master_User",
		sourceUuid: "Master_UUID",
		receiverRunning: "Slave_IO_Running",
		applierRunning: "Slave_SQL_Running",
		readFile: "Master_Log_File",
		readPosition: "Read_Master_Log_Pos",
		execFile: "Relay_Master_Log_File",
		execPosition: "Exec_Master_Log_Pos",
		secondsBehind: "Seconds_Behind_Master",
		sslAllowed: "Master_SSL_Allowed",
		channel: "Channel_Name",
	},
	binaryLogStatus: "SHOW MASTER STATUS",
	replicas: "SHOW SLAVE HOSTS",
	poll,
	applier,
	openWork: openWork("information_schema.PROCESSLIST"),
	privileges,
	processesQuery:
		"SELECT ID AS id, USER AS user, HOST AS host, COMMAND AS command FROM information_schema.PROCESSLIST",
	relayLogEvents: (channel, { sql, values }) => ({
		sql: `SHOW RELAYLOG EVENTS ${sql} FOR CHANNEL ?`,
		values: [...values, channel],
	}),
	...channelStatements(WORDS),
	resetBinaryLogs: "RESET MASTER",
	skipNext: () => [
		{ sql: "SET GLOBAL sql_slave_skip_counter = 1", values: [] },
	],
	skipQuery: "SELECT @@global.sql_slave_skip_counter > 0 AS skips",
};
