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
	semiSyncSource: classic.semiSyncSource.toReversed(),
};
