import { type ChannelWords, changeSourceIn } from "../../change-source.ts";
import type { Dialect } from "../../dialect.ts";
import { classic } from "../classic/dialect.ts";
import { poll } from "./poll.ts";
import { privileges } from "./privileges.ts";

/** MySQL and Percona Server 5.7: no dates of queued transactions, no dynamic privileges, no key of the source to ask for. */

const WORDS: ChannelWords = {
	statement: "CHANGE MASTER TO",
	prefix: "MASTER",
	positioning: "MASTER_AUTO_POSITION = 1",
	also: ["MASTER_RETRY_COUNT = 86400"],
};

export const legacy: Dialect = {
	...classic,
	name: "legacy",
	poll,
	privileges,
	changeSource: changeSourceIn(WORDS),
	changeReceiver: changeSourceIn({ ...WORDS, positioning: "" }),
};
