// The servers as they are, asked past the manager.

import type { Row } from "../../lab/connection.ts";
import type { LabServer } from "../../lab/server.ts";
import type { Channel, Seen } from "./judge.ts";

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
				};
			const [settings = {}] = await server.query(SETTINGS[server.flavor]);
			const rows = await server.query(STATUS[server.flavor].sql);
			return {
				alias,
				answers: true,
				isOpen: Number(settings.closed) === 0,
				channels: channelsIn(server, rows, aliasOf),
				patience: Number(settings.patience),
			};
		}),
	);
