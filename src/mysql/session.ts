import mysql from "mysql2";
import { abandon, leave } from "../driver-connection.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import type { Answer, Row, Value } from "./answer.ts";
import { connectionOptions } from "./connection-options.ts";
import { leftUntil, startDeadline } from "./deadline.ts";
import { ServerFault, serverFault } from "./driver-error.ts";
import { countReceived, MOST_OF_ANSWER, MOST_OF_GREETING } from "./received.ts";
import { pin } from "./session-modes.ts";
import { createQueryAll } from "./several-statements.ts";

export interface TlsAccess {
	readonly ca?: string;
	readonly cert?: string;
	readonly key?: string;
	readonly verify: boolean;
}

/** How to reach the monitored servers; looked up anew for each connection, so that a reload takes effect. */
export interface Access {
	readonly user: string;
	readonly password: string;
	readonly connectTimeoutMs: number;
	/** MySQLConnectionLifetimeSeconds, 0 for no limit. Milliseconds. */
	readonly lifetimeMs: number;
	/** Used for every connection. */
	readonly tls?: TlsAccess;
	/** Used for the servers that let the account in with TLS only. */
	readonly tlsWhereNeeded?: TlsAccess;
}

/**
 * One connection to one mysqld. It never reconnects: work that checked and then acts must stay in one session. Each call has a deadline; a call that misses it ends the session, since its answer could still come.
 */
export interface Session {
	readonly server: InstanceName;
	readonly threadId: number;
	/** Of the MaxScale whose binlog router this is; empty of any other server, and in a session that sends several statements at once. */
	readonly maxScaleVersion: string;
	readonly isOpen: boolean;
	/** It works, but whoever keeps it shall use a new one next time: it has passed its lifetime, or was retired. */
	readonly isRetired: boolean;
	retire(): void;
	/** @throws ServerFault */
	query(
		sql: string,
		values?: readonly Value[],
		deadlineMs?: number,
	): Promise<Row[]>;
	/**
	 * Several statements without values, in one round trip where the session was opened for that. A statement that the server
	 * refuses does not keep the others from being run; when the session breaks, or the deadline of all of them together passes,
	 * those not yet answered have that fault. Never throws.
	 */
	queryAll(
		statements: readonly string[],
		deadlineMs?: number,
	): Promise<Answer[]>;
	/** COM_PING. @throws ServerFault */
	ping(deadlineMs: number): Promise<void>;
	/** Another connection showed that the server does not answer: what is pending here fails with that fault, too. */
	giveUp(fault: ServerFault): void;
	/**
	 * Makes it as good as new (COM_RESET_CONNECTION): locks, transactions and settings of the session are gone. What is said in it
	 * meanwhile waits for that. @throws ServerFault, and the session is closed
	 */
	renew(): Promise<void>;
	/** Called once, when the connection ends for any reason but {@link close}. */
	onLost(listener: (fault: ServerFault) => void): void;
	close(): void;
}

export interface SessionOptions {
	/** Shown in performance_schema.session_connect_attrs and used to tell our own sessions apart. */
	readonly role: string;
	readonly queryDeadlineMs: number;
	readonly connectTimeoutMs?: number;
	/**
	 * Lets {@link Session.queryAll} send its statements together. Only for sessions that say nothing but Baton's own constant
	 * statements and the queries of the configuration: with it, text from elsewhere could bring statements of its own.
	 */
	readonly severalAtOnce?: boolean;
	/** MySQLConnectionLifetimeSeconds; 0 or absent for no limit. Milliseconds. */
	readonly lifetimeMs?: number;
}

/**
 * Opens a session, and sees first of all that the server reads statements as the driver writes them. The deadline spans the TCP
 * connection, the handshake and that: a stopped mysqld accepts the first (its kernel does) and never answers.
 * @throws ServerFault
 */
export const openSession = async (
	server: InstanceName,
	access: Access,
	options: SessionOptions,
): Promise<Session> => {
	const limitMs = options.connectTimeoutMs ?? access.connectTimeoutMs;
	const endMs = performance.now() + limitMs;
	const session = await connect(server, access, options);
	session.maxScaleVersion = await pin(
		session,
		options,
		leftUntil(endMs, limitMs),
	);
	return session;
};

/** What it is with is not known before its first words. */
interface Connected extends Session {
	maxScaleVersion: string;
}

const connect = (
	server: InstanceName,
	access: Access,
	options: SessionOptions,
): Promise<Connected> =>
	new Promise((resolve, reject) => {
		const connection = mysql.createConnection(
			connectionOptions(splitName(server), access, options),
		);
		const limitMs = options.connectTimeoutMs ?? access.connectTimeoutMs;
		const failed = (fault: ServerFault): void => {
			answered();
			received.end();
			abandon(connection);
			reject(fault);
		};
		const answered = startDeadline(limitMs, () =>
			failed(
				new ServerFault(
					"timeout",
					`no answer to a new connection within ${limitMs} ms`,
				),
			),
		);
		const received = countReceived(connection, MOST_OF_GREETING, failed);
		// A connection that breaks later reports here too; before the handshake is over the promise takes it.
		connection.on("error", () => undefined);
		connection.on("warn", (error) => failed(serverFault(error)));
		connection.connect((error) => {
			answered();
			received.end();
			if (error) failed(serverFault(error));
			else resolve(sessionOn(server, connection, options));
		});
	});

const sessionOn = (
	server: InstanceName,
	connection: mysql.Connection,
	options: SessionOptions,
): Connected => {
	let open = true;
	let retired = false;
	const openedMs = performance.now();
	const lifetimeMs = options.lifetimeMs ?? 0;
	let listeners: ((fault: ServerFault) => void)[] = [];
	// The driver forgets the calls that are pending on a destroyed connection.
	const pending = new Set<(fault: ServerFault) => void>();
	const lost = (fault: ServerFault): void => {
		// Also one that was left, and does not come to its end.
		abandon(connection);
		received.end();
		if (!open) return;
		open = false;
		const told = listeners;
		listeners = [];
		for (const listener of told) listener(fault);
		for (const fail of pending) fail(fault);
	};
	const received = countReceived(connection, MOST_OF_ANSWER, lost);
	connection.on("error", (error) => lost(serverFault(error)));
	// The driver says so of each packet on the standard error, and takes it all the same.
	connection.on("warn", (error) => lost(serverFault(error)));
	connection.on("end", () =>
		lost(new ServerFault("lost", "the connection was closed")),
	);

	const within = <T>(
		deadlineMs: number,
		start: (done: (error: unknown, result: T) => void) => void,
	): Promise<T> =>
		new Promise((resolve, reject) => {
			if (!open) {
				reject(new ServerFault("lost", "the connection is closed"));
				return;
			}
			const fail = (fault: ServerFault): void => {
				settled();
				reject(fault);
			};
			const answered = startDeadline(deadlineMs, () => {
				const fault = new ServerFault(
					"timeout",
					`no answer within ${deadlineMs} ms`,
				);
				fail(fault);
				lost(fault);
			});
			const settled = (): void => {
				answered();
				pending.delete(fail);
			};
			if (pending.size === 0) received.anew();
			pending.add(fail);
			start((error, result) => {
				settled();
				if (!error) return resolve(result);
				const fault = serverFault(error);
				reject(fault);
				if (fault.outcome !== "refused-by-server") lost(fault);
			});
		});

	const queryAll = createQueryAll(connection, {
		within,
		isTogether: options.severalAtOnce === true,
	});

	const session: Connected = {
		server,
		threadId: connection.threadId ?? 0,
		maxScaleVersion: "",
		get isOpen() {
			return open;
		},
		get isRetired() {
			return (
				retired ||
				(lifetimeMs > 0 && performance.now() - openedMs >= lifetimeMs)
			);
		},
		retire: () => {
			retired = true;
		},
		query: (sql, values = [], deadlineMs = options.queryDeadlineMs) =>
			within<Row[]>(deadlineMs, (done) => {
				connection.query(sql, [...values], (error, rows) =>
					done(error, Array.isArray(rows) ? (rows as Row[]) : []),
				);
			}),
		queryAll: (statements, deadlineMs = options.queryDeadlineMs) =>
			queryAll(statements, deadlineMs),
		ping: (deadlineMs) =>
			within<void>(deadlineMs, (done) => {
				connection.ping((error) => done(error, undefined));
			}),
		renew: async () => {
			const reset = within<void>(options.queryDeadlineMs, (done) => {
				connection.reset((error) => done(error, undefined));
			});
			// Both are sent before anything else that the session is asked for.
			const pinned = pin(session, options, options.queryDeadlineMs);
			try {
				await Promise.all([reset, pinned]);
			} catch (error) {
				session.close();
				throw serverFault(error);
			}
		},
		giveUp: lost,
		onLost: (listener) => {
			listeners.push(listener);
		},
		close: () => {
			if (!open) return;
			open = false;
			listeners = [];
			leave(connection);
		},
	};
	return session;
};
