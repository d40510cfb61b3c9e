/**
 * One session with the store's server. mysql2 is imported here and in `src/mysql` only: the one for the store, the other for the
 * monitored servers.
 *
 * 1. Every call ends by its deadline. A call that misses it ends the session, since its answer could still come.
 * 2. A session that ended once is not used again: its transaction is gone, and with it the lock that it held.
 */

import type { QueryResult } from "mysql2";
import mysql from "mysql2";
import { abandon, leave } from "../../driver-connection.ts";
import { DeadlineError } from "./errors.ts";
import type { MysqlSettings } from "./settings.ts";

/** How long the server waits for a row lock at most; longer waits are made between attempts, where the deadline is ours. */
const LOCK_WAIT_SECONDS = 3;

/** The server's answer that a row is locked must come before we take its silence for a fault. */
const lockWaitSeconds = (readTimeoutMs: number): number =>
	Math.max(1, Math.min(LOCK_WAIT_SECONDS, Math.ceil(readTimeoutMs / 1000) - 1));

/**
 * The server ends a session that says nothing for so long, between statements and within one: a node that is stopped or cut off in
 * the middle of a transaction holds the write lock no longer, and no failover of another node waits for it.
 */
export const SILENT_SECONDS = 2;

/**
 * The reference relaxes the server's mode to have its zero dates; strictness stays, so that no operator's text is cut in silence.
 * Fixed here also because values are quoted on this side: NO_BACKSLASH_ESCAPES and ANSI_QUOTES would change the quoting.
 */
const sessionSettings = (
	{ readTimeoutMs }: MysqlSettings,
	silentSeconds: number,
): string =>
	`set session time_zone = '+00:00', sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = ${lockWaitSeconds(readTimeoutMs)}, wait_timeout = ${silentSeconds}, net_read_timeout = ${silentSeconds}`;

/** What is read after the lock was taken is what was committed before: the snapshot is made by the first read, not by BEGIN. */
const ISOLATION = "set session transaction isolation level repeatable read";
const READ_ONLY = "set session transaction read only";

export interface MysqlSession {
	readonly isOpen: boolean;
	/** @throws what mysql2 throws, or a DeadlineError */
	query(
		sql: string,
		values?: readonly unknown[],
		deadlineMs?: number,
	): Promise<QueryResult>;
	/** Ends it without a word: the server rolls back. */
	destroy(): void;
	/** Ends it in good order. */
	close(): void;
}

const connectionOptions = (
	settings: MysqlSettings,
	database: string | undefined,
): mysql.ConnectionOptions => ({
	host: settings.host,
	port: settings.port,
	user: settings.user,
	password: settings.password,
	...(database === undefined ? {} : { database }),
	connectTimeout: settings.connectTimeoutMs,
	charset: "utf8mb4",
	dateStrings: true,
	supportBigNumbers: true,
	multipleStatements: false,
	// An object among the values is a mistake of the program; mysql2 would make SQL of its properties.
	stringifyObjects: true,
	connectAttributes: { program_name: "baton", baton_role: "store" },
	enableKeepAlive: true,
	...(settings.tls
		? {
				ssl: {
					rejectUnauthorized: settings.tls.verify,
					...(settings.tls.ca ? { ca: settings.tls.ca } : {}),
					...(settings.tls.cert ? { cert: settings.tls.cert } : {}),
					...(settings.tls.key ? { key: settings.tls.key } : {}),
				},
			}
		: {}),
});

const sessionOn = (
	connection: mysql.Connection,
	readTimeoutMs: number,
): MysqlSession => {
	let open = true;
	// mysql2 forgets the calls that are pending on a destroyed connection.
	const pending = new Set<(error: unknown) => void>();
	const lost = (error: unknown): void => {
		// Also one that was left, and does not come to its end.
		abandon(connection);
		if (!open) return;
		open = false;
		for (const fail of pending) fail(error);
	};
	const gone = () =>
		Object.assign(new Error("the connection was closed"), {
			code: "PROTOCOL_CONNECTION_LOST",
		});
	connection.on("error", lost);
	connection.on("end", () => lost(gone()));
	return {
		get isOpen() {
			return open;
		},
		query: (sql, values = [], deadlineMs = readTimeoutMs) =>
			new Promise((resolve, reject) => {
				if (!open) return reject(gone());
				const settle = (): void => {
					clearTimeout(timer);
					pending.delete(fail);
				};
				const fail = (error: unknown): void => {
					settle();
					reject(error);
				};
				const timer = setTimeout(
					() => lost(new DeadlineError(deadlineMs)),
					deadlineMs,
				);
				pending.add(fail);
				connection.query(sql, [...values], (error, result) => {
					if (!error) {
						settle();
						return resolve(result);
					}
					fail(error);
					if (error.fatal) lost(error);
				});
			}),
		destroy: () => lost(gone()),
		close: () => {
			if (!open) return;
			open = false;
			leave(connection);
		},
	};
};

/** The deadline spans the TCP connection and the handshake: a stopped mysqld accepts the one (its kernel does) and never answers the other. */
const connect = (
	options: mysql.ConnectionOptions,
	deadlineMs: number,
): Promise<mysql.Connection> =>
	new Promise((resolve, reject) => {
		const connection = mysql.createConnection(options);
		const timer = setTimeout(() => {
			abandon(connection);
			reject(new DeadlineError(deadlineMs));
		}, deadlineMs);
		// What breaks before the handshake is over reports here and to the callback.
		connection.on("error", () => undefined);
		connection.connect((error) => {
			clearTimeout(timer);
			if (!error) return resolve(connection);
			abandon(connection);
			reject(error);
		});
	});

/**
 * Opens a session that is ready for the store's statements.
 * @param database undefined to select none
 * @throws what mysql2 throws, or a DeadlineError
 */
export const openSession = async (
	settings: MysqlSettings,
	options: {
		readonly database: string | undefined;
		readonly readOnly: boolean;
		/** How long it may say nothing before the server ends it, in seconds. */
		readonly silentSeconds: number;
	},
): Promise<MysqlSession> => {
	const { connectTimeoutMs, readTimeoutMs } = settings;
	const session = sessionOn(
		await connect(
			connectionOptions(settings, options.database),
			connectTimeoutMs,
		),
		readTimeoutMs,
	);
	try {
		for (const statement of [
			sessionSettings(settings, options.silentSeconds),
			ISOLATION,
			...(options.readOnly ? [READ_ONLY] : []),
		])
			await session.query(statement, [], connectTimeoutMs);
		return session;
	} catch (error) {
		session.destroy();
		throw error;
	}
};
