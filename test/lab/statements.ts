// What a test says to a server past Baton: as root, and leaving no transaction behind.

import type { Row } from "./connection.ts";
import type { LabServer } from "./server.ts";

/** Not replicated, and past read-only. */
export async function unlogged(
	server: LabServer,
	...statements: readonly string[]
): Promise<void> {
	const connection = await server.connect();
	try {
		await connection.query("SET SESSION sql_log_bin = 0");
		const [rows] = await connection.query("SELECT @@global.read_only AS ro");
		const wasReadOnly = (rows as { ro: number }[])[0]?.ro === 1;
		await connection.query("SET GLOBAL read_only = 0");
		try {
			for (const sql of statements) await connection.query(sql);
		} finally {
			if (wasReadOnly)
				await connection.query(
					server.flavor === "mysql"
						? "SET GLOBAL super_read_only = 1"
						: "SET GLOBAL read_only = 1",
				);
		}
	} finally {
		connection.destroy();
	}
}

/** The channel's row of the replica status; undefined when there is no such channel. */
export async function channelStatus(
	server: LabServer,
	channel = "",
): Promise<Row | undefined> {
	const [status, column] =
		server.flavor === "mysql"
			? ["SHOW REPLICA STATUS", "Channel_Name"]
			: ["SHOW ALL SLAVES STATUS", "Connection_name"];
	return (await server.query(status)).find((row) => row[column] === channel);
}

/** Says it about one channel, in the words of the flavour: `STOP`, `IO_THREAD`. */
export async function sayOfChannel(
	server: LabServer,
	verb: "START" | "STOP" | "RESET",
	what: "" | "IO_THREAD" | "SQL_THREAD" | "ALL",
	channel = "",
): Promise<void> {
	await server.query(
		server.flavor === "mysql"
			? `${verb} REPLICA ${what} FOR CHANNEL '${channel}'`
			: `${verb} SLAVE '${channel}' ${what}`,
	);
}

/** Changes options of a channel, given without their prefix: `HOST = 'db1'`. */
export async function changeChannel(
	server: LabServer,
	options: readonly string[],
	channel = "",
): Promise<void> {
	const prefix = server.flavor === "mysql" ? "SOURCE" : "MASTER";
	const list = options
		.map((option) =>
			/^(HOST|PORT|USER|PASSWORD|HEARTBEAT|CONNECT_RETRY|RETRY|DELAY|AUTO|COMPRESSION|USE_GTID|LOG_)/.test(
				option,
			)
				? `${prefix}_${option}`
				: option,
		)
		.join(", ");
	await server.query(
		server.flavor === "mysql"
			? `CHANGE REPLICATION SOURCE TO ${list} FOR CHANNEL '${channel}'`
			: `CHANGE MASTER '${channel}' TO ${list}`,
	);
}
