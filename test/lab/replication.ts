// Replication between lab servers, in the words of each flavour.

import { setTimeout as sleep } from "node:timers/promises";
import type { Coordinates } from "../../src/topology/instance.ts";
import { ACCOUNTS } from "./accounts.ts";
import type { Row } from "./connection.ts";
import type { LabServer } from "./server.ts";

export interface ReplicateOptions {
	/** Default "gtid". With "file" the channel starts at the source's present position. */
	readonly positioning?: "gtid" | "file";
	/** Default 0.5. */
	readonly heartbeatSeconds?: number;
	/** The replica applies this much later; default 0. */
	readonly delaySeconds?: number;
	/** Name of a channel that is not there yet; default "", which may be. */
	readonly channel?: string;
}

const ARRIVAL_DEADLINE_S = 20;

/** Points `replica` at `source` and starts it. It stops first when it replicates. */
export async function replicate(
	replica: LabServer,
	source: LabServer,
	options: ReplicateOptions = {},
): Promise<void> {
	const words = WORDS[replica.flavor];
	const position = await startPosition(source, options.positioning ?? "gtid");
	const settings = words.change({ source, position, ...defaults(options) });
	const channel = options.channel ?? "";
	if (channel === "") await replica.query(`STOP ${words.replica}`);
	await replica.query(words.changeTo(channel, settings.join(", ")));
	await replica.query(words.start(channel));
}

/** Lets the server wait for semi-sync acknowledgements of its commits, or not. */
export async function setSemiSyncSource(
	server: LabServer,
	enabled: boolean,
): Promise<void> {
	const { semiSyncSource } = WORDS[server.flavor];
	await server.query(
		`SET GLOBAL ${semiSyncSource}_enabled = ${enabled ? "ON" : "OFF"}`,
	);
}

export interface SemiSyncState {
	/** On, and not fallen back to asynchronous. */
	readonly active: boolean;
	/** Connected replicas that acknowledge. */
	readonly clients: number;
}

export async function semiSyncState(server: LabServer): Promise<SemiSyncState> {
	const prefix = WORDS[server.flavor].semiSyncSource;
	const rows = await server.query(`SHOW GLOBAL STATUS LIKE '${prefix}%'`);
	const value = (name: string) =>
		rows.find(
			(row) => String(row.Variable_name).toLowerCase() === `${prefix}_${name}`,
		)?.Value;
	return {
		active: value("status") === "ON",
		clients: Number(value("clients") ?? 0),
	};
}

/** Waits until `count` replicas acknowledge. */
export async function waitForSemiSyncClients(
	server: LabServer,
	count: number,
): Promise<void> {
	await waitUntil(`${count} semi-sync replicas of ${server.name}`, async () => {
		const state = await semiSyncState(server);
		return state.active && state.clients >= count;
	});
}

/** SHOW REPLICA STATUS, with this server's flavour of column names. */
export async function replicaStatus(
	server: LabServer,
): Promise<Row | undefined> {
	return (await server.query(`SHOW ${WORDS[server.flavor].replica} STATUS`))[0];
}

/** Waits until `replica` has applied all that `source` has committed by now. */
export async function waitCaughtUp(
	replica: LabServer,
	source: LabServer,
): Promise<void> {
	const { executedGtids, waitForGtids, waitForPosition } = WORDS[source.flavor];
	const [row] = await source.query(`SELECT ${executedGtids} AS gtids`);
	const gtids = String(row?.gtids ?? "");
	const place = await startPosition(source, gtids === "" ? "file" : "gtid");
	const wait =
		place === undefined
			? waitForGtids(gtids, ARRIVAL_DEADLINE_S)
			: waitForPosition(place, ARRIVAL_DEADLINE_S);
	const [result] = await replica.query(`SELECT ${wait} AS waited`);
	// By position it is the number of events; -1 after the time, NULL where no applier runs.
	const waited = Number(result?.waited ?? -1);
	if (place === undefined ? waited !== 0 : waited < 0)
		throw new Error(
			`${replica.name} did not catch up with ${source.name}: ${JSON.stringify(await replicaStatus(replica))}`,
		);
}

/** Makes the server writable, or read-only (for SUPER too where that exists). */
export async function setReadOnly(
	server: LabServer,
	readOnly: boolean,
): Promise<void> {
	const variable =
		server.flavor === "mysql" && readOnly ? "super_read_only" : "read_only";
	await server.query(`SET GLOBAL ${variable} = ${readOnly ? "ON" : "OFF"}`);
}

/** Of errors of a session, those with which the server ends it or the statement. */
const ENDED = new Set([1053, 1317, 1927]);

/** A question had no answer: the server was not there for it, or has ended the session that asked. */
const isUnanswered = (error: unknown): boolean => {
	const { fatal, errno } = error as { fatal?: unknown; errno?: unknown };
	return fatal === true || ENDED.has(Number(errno));
};

/**
 * Polls every 20 ms. A session that asks may be among those that a takeover ends: what was not answered is not so yet.
 * @throws after `deadlineMs`, naming `what`
 */
export async function waitUntil(
	what: string,
	isTrue: () => Promise<boolean>,
	deadlineMs = ARRIVAL_DEADLINE_S * 1000,
): Promise<void> {
	const end = performance.now() + deadlineMs;
	let unanswered: unknown;
	const isNow = () =>
		isTrue().catch((error: unknown) => {
			if (!isUnanswered(error)) throw error;
			unanswered = error;
			return false;
		});
	while (!(await isNow())) {
		if (performance.now() > end)
			throw new Error(`waited ${deadlineMs} ms for ${what}`, {
				cause: unanswered,
			});
		await sleep(20);
	}
}

/** Where the binary log of the server ends. */
export async function logEnd(server: LabServer): Promise<Coordinates> {
	const [row] = await server.query(WORDS[server.flavor].showPosition);
	return { file: String(row?.File), position: Number(row?.Position) };
}

interface ChangeInput {
	readonly source: LabServer;
	/** undefined: by GTID. */
	readonly position: Coordinates | undefined;
	readonly heartbeatSeconds: number;
	readonly delaySeconds: number;
}

function defaults(options: ReplicateOptions) {
	return {
		heartbeatSeconds: options.heartbeatSeconds ?? 0.5,
		delaySeconds: options.delaySeconds ?? 0,
	};
}

async function startPosition(
	source: LabServer,
	positioning: "gtid" | "file",
): Promise<Coordinates | undefined> {
	return positioning === "gtid" ? undefined : logEnd(source);
}

const { user, password } = ACCOUNTS.repl;

/** The settings that both flavours have, behind their own prefix. */
function changeSettings(prefix: string, input: ChangeInput): string[] {
	const { source, position } = input;
	return [
		`${prefix}_HOST = '${source.host}'`,
		`${prefix}_PORT = ${source.port}`,
		`${prefix}_USER = '${user}'`,
		`${prefix}_PASSWORD = '${password}'`,
		`${prefix}_CONNECT_RETRY = 1`,
		`${prefix}_HEARTBEAT_PERIOD = ${input.heartbeatSeconds}`,
		`${prefix}_DELAY = ${input.delaySeconds}`,
		...(position === undefined
			? []
			: [
					`${prefix}_LOG_FILE = '${position.file}'`,
					`${prefix}_LOG_POS = ${position.position}`,
				]),
	];
}

/** MySQL knows no channel before it is laid, but for the default one. */
const forChannel = (channel: string): string =>
	channel === "" ? "" : ` FOR CHANNEL '${channel}'`;

const WORDS = {
	mysql: {
		replica: "REPLICA",
		start: (channel: string) => `START REPLICA${forChannel(channel)}`,
		changeTo: (channel: string, settings: string) =>
			`CHANGE REPLICATION SOURCE TO ${settings}${forChannel(channel)}`,
		showPosition: "SHOW BINARY LOG STATUS",
		semiSyncSource: "rpl_semi_sync_source",
		executedGtids: "@@GLOBAL.gtid_executed",
		waitForGtids: (gtids: string, seconds: number) =>
			`WAIT_FOR_EXECUTED_GTID_SET('${gtids.replaceAll("\n", "")}', ${seconds})`,
		waitForPosition: ({ file, position }: Coordinates, seconds: number) =>
			`SOURCE_POS_WAIT('${file}', ${position}, ${seconds})`,
		change: (input: ChangeInput) => [
			...changeSettings("SOURCE", input),
			`SOURCE_AUTO_POSITION = ${input.position === undefined ? 1 : 0}`,
			"SOURCE_RETRY_COUNT = 86400",
			"GET_SOURCE_PUBLIC_KEY = 1",
		],
	},
	mariadb: {
		replica: "SLAVE",
		start: (channel: string) => `START SLAVE '${channel}'`,
		changeTo: (channel: string, settings: string) =>
			`CHANGE MASTER '${channel}' TO ${settings}`,
		showPosition: "SHOW MASTER STATUS",
		semiSyncSource: "rpl_semi_sync_master",
		executedGtids: "@@GLOBAL.gtid_binlog_pos",
		waitForGtids: (gtids: string, seconds: number) =>
			`MASTER_GTID_WAIT('${gtids}', ${seconds})`,
		waitForPosition: ({ file, position }: Coordinates, seconds: number) =>
			`MASTER_POS_WAIT('${file}', ${position}, ${seconds})`,
		change: (input: ChangeInput) => [
			...changeSettings("MASTER", input),
			`MASTER_USE_GTID = ${input.position === undefined ? "slave_pos" : "no"}`,
		],
	},
} as const;
