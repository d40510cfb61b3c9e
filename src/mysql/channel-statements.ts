import type { Coordinates } from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import type { Statement } from "./dialect.ts";

/** Where a channel shall point. */
export interface ChannelTarget {
	readonly source: InstanceName;
	/** Told always: a server resets it with the source. */
	readonly heartbeatSeconds: number;
	/** The channel uses TLS. */
	readonly tls: boolean;
	/** Of a channel that replicates by file and position: with the source it would begin anew. */
	readonly position?: Coordinates;
	/** The channel is not there yet: it goes by GTID, unless a position is told, and gets retries and a login too, which one that is there keeps. */
	readonly anew?: {
		/** Empty to leave the login that the server has kept. */
		readonly user: string;
		readonly password: string;
	};
}

/** What is said about one channel; its name is always told, '' for the default one. */
export interface ChannelStatements {
	readonly stopReceiver: (channel: string) => Statement;
	readonly startReceiver: (channel: string) => Statement;
	readonly stopApplier: (channel: string) => Statement;
	readonly startApplier: (channel: string) => Statement;
	readonly stopReplica: (channel: string) => Statement;
	readonly startReplica: (channel: string) => Statement;
	/** Starts both threads; the applier stops by itself at that place in its source's log. */
	readonly startUntil: (channel: string, at: Coordinates) => Statement;
	readonly resetReplicaAll: (channel: string) => Statement;
	/**
	 * The receiver must be stopped. The applier too where `keepsRelayLogs` is false, and with both stopped the relay logs are
	 * deleted.
	 */
	readonly changeSource: (channel: string, target: ChannelTarget) => Statement;
	/** Gives the channel the host `_`, which stands for none, where the server may not be reset. Both threads must be stopped. */
	readonly unsetSource: (channel: string) => Statement;
	/** Both threads must be stopped, and the relay logs are deleted. By file and position from that place on, else by GTID. */
	readonly changePositioning: (
		channel: string,
		from: Coordinates | "gtid",
		heartbeatSeconds: number,
	) => Statement;
	/** The receiver must be stopped; where `keepsRelayLogs` is false the applier too. */
	readonly changeLogin: (
		channel: string,
		login: { readonly user: string; readonly password: string },
		heartbeatSeconds: number,
	) => Statement;
	/** The applier must be stopped; the same holds for the relay logs. */
	readonly changeDelay: (
		channel: string,
		seconds: number,
		heartbeatSeconds: number,
	) => Statement;
}

/** What differs between the families in the statements about a channel. */
export interface ChannelWords {
	readonly replica: "REPLICA" | "SLAVE";
	readonly change: "CHANGE REPLICATION SOURCE" | "CHANGE MASTER";
	readonly prefix: "SOURCE" | "MASTER";
	/** How positioning by GTID is asked for. */
	readonly positioning: string;
	/** How positioning by file and position is. */
	readonly noPositioning: string;
	/** The server lets a channel say how often it tries to connect. */
	readonly hasRetryCount: boolean;
	/** Without TLS caching_sha2_password needs the source's key, or the channel cannot log in after a restart of the source. */
	readonly hasPublicKey: boolean;
	/** Whatever is changed of a channel, its heartbeat period goes back to the default. */
	readonly losesHeartbeat: boolean;
	/** MySQL ends a statement with FOR CHANNEL 'x'; MariaDB names it in the middle; a binlog router has one and knows no names. */
	readonly naming: "at-end" | "in-middle" | "none";
}

type Named = (
	before: string,
	after: string,
	values?: Statement["values"],
) => (channel: string) => Statement;

const namedBy =
	(naming: ChannelWords["naming"]): Named =>
	(before, after, values = []) =>
	(channel) => {
		const rest = after === "" ? "" : ` ${after}`;
		if (naming === "none") return { sql: `${before}${rest}`, values };
		return naming === "at-end"
			? {
					sql: `${before}${rest} FOR CHANNEL ?`,
					values: [...values, channel],
				}
			: { sql: `${before} ?${rest}`, values: [channel, ...values] };
	};

/** Parts of CHANGE … TO with their values. */
type Parts = readonly (readonly [
	part: string,
	...values: Statement["values"],
])[];

const partsOf = (words: ChannelWords, target: ChannelTarget): Parts => {
	const { prefix } = words;
	const { anew } = target;
	const { host, port } = splitName(target.source);
	return [
		[`${prefix}_HOST = ?`, host],
		[`${prefix}_PORT = ?`, port],
		[`${prefix}_HEARTBEAT_PERIOD = ?`, target.heartbeatSeconds],
		...(words.hasPublicKey && !target.tls
			? [[`GET_${prefix}_PUBLIC_KEY = 1`] as const]
			: []),
		...(target.position === undefined
			? []
			: placeParts(words, target.position)),
		...(anew === undefined ? [] : partsAnew(words, target, anew)),
	];
};

const placeParts = (
	{ prefix }: ChannelWords,
	{ file, position }: Coordinates,
): Parts => [
	[`${prefix}_LOG_FILE = ?`, file],
	[`${prefix}_LOG_POS = ?`, position],
];

const loginParts = (
	{ prefix }: ChannelWords,
	{ user, password }: { readonly user: string; readonly password: string },
): Parts => [
	[`${prefix}_USER = ?`, user],
	[`${prefix}_PASSWORD = ?`, password],
];

const partsAnew = (
	words: ChannelWords,
	{ tls, position }: ChannelTarget,
	login: { readonly user: string; readonly password: string },
): Parts => {
	const { prefix } = words;
	return [
		[position === undefined ? words.positioning : words.noPositioning],
		[`${prefix}_CONNECT_RETRY = 1`],
		...(words.hasRetryCount
			? [[`${prefix}_RETRY_COUNT = 86400`] as const]
			: []),
		...(login.user === "" ? [] : loginParts(words, login)),
		...(tls ? [[`${prefix}_SSL = 1`] as const] : []),
	];
};

/** The statements of a dialect about one channel. */
export const channelStatements = (words: ChannelWords): ChannelStatements => {
	const { replica, prefix } = words;
	const named = namedBy(words.naming);
	const change = (parts: Parts) =>
		named(
			words.change,
			`TO ${parts.map(([part]) => part).join(", ")}`,
			parts.flatMap(([, ...values]) => values),
		);
	const heartbeat = (seconds: number): Parts =>
		words.losesHeartbeat ? [[`${prefix}_HEARTBEAT_PERIOD = ?`, seconds]] : [];
	return {
		stopReceiver: named(`STOP ${replica}`, "IO_THREAD"),
		startReceiver: named(`START ${replica}`, "IO_THREAD"),
		stopApplier: named(`STOP ${replica}`, "SQL_THREAD"),
		startApplier: named(`START ${replica}`, "SQL_THREAD"),
		stopReplica: named(`STOP ${replica}`, ""),
		startReplica: named(`START ${replica}`, ""),
		startUntil: (channel, at) => {
			const parts = placeParts(words, at);
			return named(
				`START ${replica}`,
				`UNTIL ${parts.map(([part]) => part).join(", ")}`,
				parts.flatMap(([, ...values]) => values),
			)(channel);
		},
		resetReplicaAll: named(`RESET ${replica}`, "ALL"),
		changeSource: (channel, target) => change(partsOf(words, target))(channel),
		unsetSource: change([[`${prefix}_HOST = '_'`]]),
		changePositioning: (channel, from, heartbeatSeconds) =>
			change([
				...(from === "gtid"
					? [[words.positioning] as const]
					: [[words.noPositioning] as const, ...placeParts(words, from)]),
				...heartbeat(heartbeatSeconds),
			])(channel),
		changeLogin: (channel, login, heartbeatSeconds) =>
			change([...loginParts(words, login), ...heartbeat(heartbeatSeconds)])(
				channel,
			),
		changeDelay: (channel, seconds, heartbeatSeconds) =>
			change([
				[`${prefix}_DELAY = ?`, seconds],
				...heartbeat(heartbeatSeconds),
			])(channel),
	};
};
