import {
	type ChannelWords,
	channelStatements,
} from "../../channel-statements.ts";
import type { Dialect } from "../../dialect.ts";
import { classic } from "../classic/dialect.ts";
import { applier } from "./applier.ts";
import { poll } from "./poll.ts";
import { privileges } from "./privileges.ts";

/** MySQL and Percona Server 5.7: no dates of queued transactions, no dynamic privileges, no key of the source to ask for. */

const WORDS: ChannelWords = {
	replica: "SLAVE",
	change: "CHANGE MASTER",
	prefix: "MASTER",
	positioning: "MASTER_AUTO_POSITION = 1",
	noPositioning: "MASTER_AUTO_POSITION = 0",
	hasRetryCount: true,
	hasPublicKey: false,
	losesHeartbeat: false,
	naming: "at-end",
};

export const legacy: Dialect = {
	...classic,
	name: "legacy",
	poll,
	applier,
	privileges,
	...channelStatements(WORDS),
	failedTransaction: (channel) => ({
		sql: `SELECT LAST_SEEN_TRANSACTION AS gtid FROM performance_schema.replication_applier_status_by_worker
 WHERE CHANNEL_NAME = ? AND LAST_ERROR_NUMBER <> 0 ORDER BY LAST_ERROR_TIMESTAMP DESC LIMIT 1`,
		values: [channel],
	}),
	semiSyncReplica: classic.semiSyncReplica.toReversed(),
	semiSyncSource: classic.semiSyncSource.toReversed(),
};
