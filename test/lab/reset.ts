// A laid topology made anew over the same servers, for files whose tests share a lab.

import type { Connection } from "mysql2/promise";
import type { Topology } from "./laying.ts";
import {
	type ReplicateOptions,
	replicate,
	setSemiSyncSource,
	waitCaughtUp,
	waitForSemiSyncClients,
} from "./replication.ts";
import type { LabServer } from "./server.ts";

export interface ResetOptions extends ReplicateOptions {
	/** Default true, for servers that were laid with it. */
	readonly semiSync?: boolean;
	/** By file and position: places in the logs stay what they were. Default false. */
	readonly keepsLogs?: boolean;
}

/** The databases that are no test's; markers are written into the first. */
const LAID = [
	"_pseudo_gtid_",
	"app",
	"information_schema",
	"mysql",
	"performance_schema",
	"sys",
];

/**
 * The first server is a writable primary again and the others replicate from it: no rows in app.writes, no other databases, no GTIDs,
 * no other channels, no errant transactions. Servers that are down or paused are started.
 */
export async function resetTopology(
	{ primary, replicas, servers }: Topology,
	options: ResetOptions = {},
): Promise<void> {
	const semiSync = options.semiSync ?? true;
	await Promise.all(servers.map(awake));
	const keepsLogs = options.keepsLogs ?? false;
	await Promise.all(
		servers.map((server) => empty(server, { semiSync, keepsLogs })),
	);
	await primary.query(WORDS[primary.flavor].open);
	await Promise.all(
		replicas.map((replica) => replicate(replica, primary, options)),
	);
	// Where the logs are kept, what is to be waited for is behind the place where the others begin.
	if (keepsLogs)
		await primary.query("INSERT INTO app.writes VALUES (0, NOW(6), 'laid')");
	await primary.query("DELETE FROM app.writes WHERE id = 0");
	await Promise.all(replicas.map((replica) => waitCaughtUp(replica, primary)));
	if (!semiSync || replicas.length === 0) return;
	await setSemiSyncSource(primary, true);
	await waitForSemiSyncClients(primary, replicas.length);
}

/** Up, and not stopped in the middle of something by a test that failed. */
async function awake(server: LabServer): Promise<void> {
	if (server.isRunning()) server.resume();
	await server.start();
}

async function empty(
	server: LabServer,
	{ semiSync, keepsLogs }: { semiSync: boolean; keepsLogs: boolean },
): Promise<void> {
	const words = WORDS[server.flavor];
	if (semiSync) await setSemiSyncSource(server, false);
	const connection = await server.connect();
	try {
		await connection.query("SET SESSION sql_log_bin = 0");
		await removeChannels(connection, words);
		await connection.query(words.open);
		const [databases] = await connection.query(
			"SELECT schema_name AS name FROM information_schema.schemata",
		);
		for (const statement of [
			"TRUNCATE TABLE app.writes",
			...(databases as { name: string }[])
				.filter(({ name }) => !LAID.includes(name))
				.map(({ name }) => `DROP DATABASE \`${name}\``),
			...(keepsLogs ? [] : words.forget),
			words.close,
		])
			await connection.query(statement);
	} finally {
		connection.destroy();
	}
}

async function removeChannels(
	connection: Connection,
	words: (typeof WORDS)["mysql" | "mariadb"],
): Promise<void> {
	const [rows] = await connection.query(words.status);
	for (const row of rows as Record<string, unknown>[]) {
		const channel = String(row[words.channel] ?? "");
		for (const statement of words.remove(channel))
			await connection.query(statement);
	}
}

const WORDS = {
	mysql: {
		open: "SET GLOBAL read_only = OFF",
		close: "SET GLOBAL super_read_only = ON",
		status: "SHOW REPLICA STATUS",
		channel: "Channel_Name",
		remove: (channel: string) => [
			`STOP REPLICA FOR CHANNEL '${channel}'`,
			`RESET REPLICA ALL FOR CHANNEL '${channel}'`,
		],
		forget: ["RESET BINARY LOGS AND GTIDS"],
	},
	mariadb: {
		open: "SET GLOBAL read_only = OFF",
		close: "SET GLOBAL read_only = ON",
		status: "SHOW ALL SLAVES STATUS",
		channel: "Connection_name",
		remove: (channel: string) => [
			`STOP SLAVE '${channel}'`,
			`RESET SLAVE '${channel}' ALL`,
		],
		forget: ["RESET MASTER", "SET GLOBAL gtid_slave_pos = ''"],
	},
} as const;
