import { splitName } from "../topology/instance-name.ts";
import type { ChannelTarget, Statement } from "./dialect.ts";

/** What differs between the families in the statement that points a channel elsewhere. */
export interface ChannelWords {
	readonly statement: "CHANGE REPLICATION SOURCE TO" | "CHANGE MASTER TO";
	readonly prefix: "SOURCE" | "MASTER";
	/** How positioning by GTID is asked for; empty to leave it as it is. */
	readonly positioning: string;
	/** Further parts without values. */
	readonly also: readonly string[];
}

/**
 * The statement of a dialect. Heartbeat and retries are always told: a server resets the period to half of its net time-out
 * when the source changes and none is given.
 */
export const changeSourceIn =
	(words: ChannelWords) =>
	(target: ChannelTarget): Statement => {
		const { host, port } = splitName(target.source);
		const { prefix } = words;
		const login =
			target.user === undefined ? [] : [target.user, target.password ?? ""];
		const parts = [
			`${prefix}_HOST = ?`,
			`${prefix}_PORT = ?`,
			...(words.positioning === "" ? [] : [words.positioning]),
			`${prefix}_HEARTBEAT_PERIOD = ?`,
			`${prefix}_CONNECT_RETRY = 1`,
			...words.also,
			...(login.length === 0
				? []
				: [`${prefix}_USER = ?`, `${prefix}_PASSWORD = ?`]),
			...(target.tls ? [`${prefix}_SSL = 1`] : []),
		];
		return {
			sql: `${words.statement} ${parts.join(", ")}`,
			values: [host, port, target.heartbeatSeconds, ...login],
		};
	};
