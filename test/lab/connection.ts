// Connections of tests to lab servers, past the product's own port to a mysqld.

import { type Connection, createConnection } from "mysql2/promise";
import { ACCOUNTS, type AccountName } from "./accounts.ts";

/** A result row by column name. */
export type Row = Record<string, unknown>;

export interface ServerPlace {
	readonly host: string;
	readonly port: number;
	readonly socket: string;
}

const CONNECT_DEADLINE_MS = 3_000;

export async function connectTo(
	place: ServerPlace,
	as: AccountName,
): Promise<Connection> {
	const where =
		as === "root"
			? { socketPath: place.socket }
			: { host: place.host, port: place.port };
	const connection = await createConnection({
		...where,
		...ACCOUNTS[as],
		connectTimeout: CONNECT_DEADLINE_MS,
		dateStrings: true,
		supportBigNumbers: true,
	});
	// A killed server is what labs are for: the next query tells, not an uncaught event.
	connection.on("error", () => {});
	return connection;
}

/** The rows of one statement; none for a statement without a result set. */
export async function rowsOf(
	connection: Connection,
	sql: string,
	values: unknown[] = [],
): Promise<Row[]> {
	const [rows] = await connection.query(sql, values);
	return Array.isArray(rows) ? (rows as Row[]) : [];
}
