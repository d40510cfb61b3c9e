import { splitName } from "../../../topology/instance-name.ts";
import {
	type ChannelWords,
	channelStatements,
} from "../../channel-statements.ts";
import type { Dialect } from "../../dialect.ts";
import { legacy } from "../legacy/dialect.ts";

/**
 * The binlog router of MaxScale up to 2.4, which hands on by file and position. It knows few statements, word by word, and passes over
 * what follows them; the rest it refuses. It has one thread, whatever a statement names.
 */

const WORDS: ChannelWords = {
	replica: "SLAVE",
	change: "CHANGE MASTER",
	prefix: "MASTER",
	positioning: "MASTER_AUTO_POSITION = 1",
	noPositioning: "MASTER_AUTO_POSITION = 0",
	hasRetryCount: false,
	hasPublicKey: false,
	losesHeartbeat: false,
	naming: "none",
};

export const maxscale: Dialect = {
	...legacy,
	name: "maxscale",
	onlyHandsOn: true,
	identityQuery: "SELECT @@global.server_id",
	...channelStatements(WORDS),
	resetReplicaAll: () => ({ sql: "RESET SLAVE", values: [] }),
	// The place is not told: it goes on where it stands, and takes no other one.
	changeSource: (_, { source }) => {
		const { host, port } = splitName(source);
		return {
			sql: "CHANGE MASTER TO MASTER_HOST = ?, MASTER_PORT = ?",
			values: [host, port],
		};
	},
	heartbeatQuery: undefined,
	receiversQuery: "",
};
