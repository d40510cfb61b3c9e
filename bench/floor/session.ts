// A connection that is open before anything happens, as whoever must be fast keeps one.

import { createConnection } from "mysql2/promise";
import { ACCOUNTS } from "../../test/lab/accounts.ts";
import type { Row } from "../../test/lab/connection.ts";
import type { LabServer } from "../../test/lab/server.ts";
import { FLOOR_WORDS, type FloorWords } from "./words.ts";

export interface FloorSession {
	readonly server: LabServer;
	readonly words: FloorWords;
	/** One round trip. The first row of the last statement that has rows; empty without. */
	ask(statements: readonly string[]): Promise<Row>;
	/** Resolves when the server has closed the connection. */
	readonly lost: Promise<void>;
	close(): void;
}

/** With the manager's account, over TCP, as Baton connects. */
export const openSession = async (server: LabServer): Promise<FloorSession> => {
	const connection = await createConnection({
		host: server.host,
		port: server.port,
		...ACCOUNTS.orchestrator,
		multipleStatements: true,
		supportBigNumbers: true,
	});
	const lost = new Promise<void>((resolve) => {
		connection.on("end", () => resolve());
		connection.on("error", () => resolve());
	});
	return {
		server,
		words: FLOOR_WORDS[server.flavor],
		ask: async (statements) => {
			const [results] = await connection.query(statements.join("; "));
			return lastRow(results);
		},
		lost,
		close: () => connection.destroy(),
	};
};

/** The driver answers one statement's rows as they are, and several statements' results in a list. */
const lastRow = (results: unknown): Row => {
	if (!Array.isArray(results)) return {};
	const sets = Array.isArray(results.at(-1)) ? results.at(-1) : results;
	const [row] = sets as readonly unknown[];
	return (row ?? {}) as Row;
};
