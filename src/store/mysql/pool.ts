/**
 * The sessions of one process with the store's server, as Kysely wants them.
 *
 * 1. A session is idle, or in one hand, or closed.
 * 2. No more than `maxConnections` are open or being opened.
 * 3. Whoever waits for one waits in order, and no longer than for an answer.
 *
 * Not mysql2's own pool: it has no deadline for the handshake of a server that is stopped, and takes its settings once.
 */
import type { MysqlPool, MysqlPoolConnection, MysqlQueryResult } from "kysely";
import { type MysqlSession, openSession } from "./connection.ts";
import { DeadlineError, isReadOnly, storeError } from "./errors.ts";
import type { MysqlSettings } from "./settings.ts";

/** Well before the server ends the session for its silence. */
const IDLE_MS = 10_000;
/** After so long without use a session is asked whether it lives: a proxy or a firewall may have ended it without a word. */
const UNSURE_AFTER_MS = 2_000;
const KEPT_IDLE = 8;

interface Held {
	readonly session: MysqlSession;
	readonly openedMs: number;
	freedMs: number;
}

interface Waiter {
	readonly give: (held: Held) => void;
	readonly retry: () => void;
}

export interface PoolOptions {
	readonly settings: () => MysqlSettings;
	readonly readOnly: boolean;
	/** The store, as people know it. */
	readonly place: () => string;
}

const isSettled = (value: unknown): boolean =>
	value === null || typeof value !== "object" || value instanceof Uint8Array;

export const createPool = (options: PoolOptions): MysqlPool => {
	const idle: Held[] = [];
	const waiting: Waiter[] = [];
	let open = 0;
	let ended = false;

	const discard = (held: Held): void => {
		open -= 1;
		held.session.close();
		waiting.shift()?.retry();
	};

	const isFit = async (held: Held): Promise<boolean> => {
		const { lifetimeMs, connectTimeoutMs } = options.settings();
		const now = performance.now();
		if (!held.session.isOpen) return false;
		if (lifetimeMs > 0 && now - held.openedMs > lifetimeMs) return false;
		if (now - held.freedMs < UNSURE_AFTER_MS) return true;
		return held.session.query("do 0", [], connectTimeoutMs).then(
			() => true,
			() => false,
		);
	};

	const openOne = async (): Promise<Held> => {
		open += 1;
		try {
			const settings = options.settings();
			const session = await openSession(settings, {
				database: settings.database,
				readOnly: options.readOnly,
			});
			const now = performance.now();
			return { session, openedMs: now, freedMs: now };
		} catch (error) {
			open -= 1;
			waiting.shift()?.retry();
			throw error;
		}
	};

	const free = (held: Held): void => {
		if (ended || !held.session.isOpen) {
			discard(held);
			return;
		}
		held.freedMs = performance.now();
		const next = waiting.shift();
		if (next !== undefined) {
			next.give(held);
			return;
		}
		idle.push(held);
		while (idle.length > KEPT_IDLE) discard(idle.shift() as Held);
		sweep();
	};

	/** One timer, and only while something is idle; it does not keep the process alive. */
	let sweeping: NodeJS.Timeout | undefined;
	const sweep = (): void => {
		const oldest = idle[0];
		if (sweeping !== undefined || oldest === undefined) return;
		const inMs = Math.max(0, oldest.freedMs + IDLE_MS - performance.now());
		sweeping = setTimeout(() => {
			sweeping = undefined;
			while (idle[0] && idle[0].freedMs + IDLE_MS <= performance.now())
				discard(idle.shift() as Held);
			sweep();
		}, inMs + 1).unref();
	};

	const wait = (): Promise<Held | "retry"> =>
		new Promise((resolve, reject) => {
			const { readTimeoutMs } = options.settings();
			const waiter: Waiter = {
				give: (held) => settle(() => resolve(held)),
				retry: () => settle(() => resolve("retry")),
			};
			const settle = (answer: () => void): void => {
				clearTimeout(timer);
				answer();
			};
			const timer = setTimeout(() => {
				waiting.splice(waiting.indexOf(waiter), 1);
				reject(new DeadlineError(readTimeoutMs));
			}, readTimeoutMs);
			waiting.push(waiter);
		});

	const take = async (): Promise<Held> => {
		for (;;) {
			// The last one freed is the one most surely alive.
			const held = idle.pop();
			if (held !== undefined) {
				if (await isFit(held)) return held;
				discard(held);
				continue;
			}
			const { maxConnections } = options.settings();
			if (maxConnections <= 0 || open < maxConnections) return openOne();
			const given = await wait();
			if (given !== "retry") return given;
		}
	};

	const query = async (
		held: Held,
		sql: string,
		values: readonly unknown[],
	): Promise<MysqlQueryResult> => {
		try {
			const wrong = values.find((value) => !isSettled(value));
			if (wrong !== undefined)
				throw new TypeError("an object is no value of a column");
			return (await held.session.query(sql, values)) as MysqlQueryResult;
		} catch (error) {
			// A transaction that could not be ended must not meet the next user of the session.
			if (
				sql === "rollback" ||
				(options.settings().rejectReadOnly && isReadOnly(error))
			)
				held.session.destroy();
			throw storeError(error, options.place());
		}
	};

	const connectionOn = (held: Held): MysqlPoolConnection => ({
		query: (
			sql: string,
			values: unknown[],
			callback?: (error: unknown, result: MysqlQueryResult) => void,
		) => {
			query(held, sql, values).then(
				(result) => callback?.(undefined, result),
				(error) => callback?.(error, []),
			);
			return {
				stream: () => {
					throw new TypeError("the store reads whole results");
				},
			};
		},
		release: () => free(held),
	});

	return {
		getConnection: (callback) => {
			take().then(
				(held) => callback(undefined, connectionOn(held)),
				(error) =>
					callback(
						storeError(error, options.place()),
						undefined as unknown as MysqlPoolConnection,
					),
			);
		},
		end: (callback) => {
			ended = true;
			clearTimeout(sweeping);
			for (const held of idle.splice(0)) discard(held);
			callback(undefined);
		},
	};
};
