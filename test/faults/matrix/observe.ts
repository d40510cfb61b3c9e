// The servers as they are, asked past the manager.

import type { Row } from "../../lab/connection.ts";
import type { LabServer } from "../../lab/server.ts";
import type { Channel, Heard, Seen } from "./judge.ts";

const STATUS = {
	mysql: {
		sql: "SHOW REPLICA STATUS",
		prefix: "Source",
		name: "Channel_Name",
		io: "Replica_IO_Running",
		applier: "Replica_SQL_Running",
	},
	mariadb: {
		sql: "SHOW ALL SLAVES STATUS",
		prefix: "Master",
		name: "Connection_name",
		io: "Slave_IO_Running",
		applier: "Slave_SQL_Running",
	},
} as const;

const receiverOf = (told: unknown): Channel["receiver"] =>
	told === "Yes" ? "runs" : told === "No" ? "stopped" : "connecting";

const channelsIn = (
	server: LabServer,
	rows: readonly Row[],
	aliasOf: (name: string) => string,
): readonly Channel[] => {
	const { prefix, name, io, applier } = STATUS[server.flavor];
	return rows
		.map((row) => ({
			name: String(row[name]),
			source: aliasOf(
				`${String(row[`${prefix}_Host`])}:${String(row[`${prefix}_Port`])}`,
			),
			receiver: receiverOf(row[io]),
			applies: row[applier] === "Yes",
			error: String(row["Last_SQL_Error"] || row["Last_IO_Error"] || ""),
		}))
		.filter(({ source }) => !source.startsWith(":") && !source.startsWith("_"));
};

const SETTINGS = {
	mysql: "SELECT @@GLOBAL.read_only AS closed, 0 AS patience",
	mariadb:
		"SELECT @@GLOBAL.read_only AS closed, @@GLOBAL.rpl_semi_sync_slave_kill_conn_timeout AS patience",
} as const;

/** Counters of a server, by what they count; old names and new ones. */
const COUNTERS = {
	changes: /^Com_change_(master|replication_source)$/i,
	starts: /^Com_(start_(slave|all_slaves)|(slave|replica)_start)$/i,
} as const;

const heardBy = (server: LabServer, rows: readonly Row[]): Heard => {
	const count = (counter: RegExp): number =>
		rows
			.filter((row) => counter.test(String(row.Variable_name)))
			.reduce((sum, row) => sum + Number(row.Value), 0);
	return {
		by: server.pid ?? 0,
		changes: count(COUNTERS.changes),
		starts: count(COUNTERS.starts),
	};
};

/** @param hung servers that are stopped now and cannot answer */
export const observe = async (
	servers: readonly LabServer[],
	aliasOf: (name: string) => string,
	hung: ReadonlySet<string> = new Set(),
): Promise<readonly Seen[]> =>
	Promise.all(
		servers.map(async (server): Promise<Seen> => {
			const alias = aliasOf(server.name);
			if (!server.isRunning() || hung.has(alias))
				return {
					alias,
					answers: false,
					isOpen: false,
					channels: [],
					patience: 0,
					heard: { by: 0, changes: 0, starts: 0 },
				};
			const [settings = {}] = await server.query(SETTINGS[server.flavor]);
			const rows = await server.query(STATUS[server.flavor].sql);
			const counters = await server.query("SHOW GLOBAL STATUS LIKE 'Com\\_%'");
			return {
				alias,
				answers: true,
				isOpen: Number(settings.closed) === 0,
				channels: channelsIn(server, rows, aliasOf),
				patience: Number(settings.patience),
				heard: heardBy(server, counters),
			};
		}),
	);
