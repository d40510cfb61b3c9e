/**
 * The sessions of one process with the store's server, as Kysely wants them.
 *
 * 1. A session is idle, or being asked whether it lives, or in one hand, or closed.
 * 2. No more than `maxConnections` are open or being opened.
 * 3. Whoever waits for one waits in order, and no longer than for an answer.
 *
 * Not mysql2's own pool: it has no deadline for the handshake of a server that is stopped, and takes its settings once.
 */
import type { MysqlPool, MysqlPoolConnection, MysqlQueryResult } from "kysely";
import {
	type MysqlSession,
	openSession,
	SILENT_SECONDS,
} from "./connection.ts";
import { DeadlineError, isReadOnly, storeError } from "./errors.ts";
import type { MysqlSettings } from "./settings.ts";

/** A session that nobody used for so long is closed. */
const IDLE_MS = 10_000;
/** An idle session says something so often: well before the server ends it for its silence. */
const ASKED_EVERY_MS = (SILENT_SECONDS * 1000) / 3;
/**
 * After so long without an answer a session is asked whether it lives: the server ended it while this process stood still, or a proxy
 * or a firewall without a word.
 */
const UNSURE_AFTER_MS = (SILENT_SECONDS * 1000) / 2;
const KEPT_IDLE = 8;

interface Held {
	readonly session: MysqlSession;
	readonly openedMs: number;
	usedMs: number;
	answeredMs: number;
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

	const answers = (held: Held): Promise<boolean> =>
		held.session.query("do 0", [], options.settings().connectTimeoutMs).then(
			() => true,
			() => false,
		);

	const isFit = async (held: Held): Promise<boolean> => {
		const { lifetimeMs } = options.settings();
		const now = performance.now();
		if (!held.session.isOpen) return false;
		if (lifetimeMs > 0 && now - held.openedMs > lifetimeMs) return false;
		return now - held.answeredMs < UNSURE_AFTER_MS || answers(held);
	};

	const openOne = async (): Promise<Held> => {
		open += 1;
		try {
			const settings = options.settings();
			const session = await openSession(settings, {
				database: settings.database,
				readOnly: options.readOnly,
				silentSeconds: SILENT_SECONDS,
			});
			const now = performance.now();
			return { session, openedMs: now, usedMs: now, answeredMs: now };
		} catch (error) {
			open -= 1;
			waiting.shift()?.retry();
			throw error;
		}
	};

	const keep = (held: Held): void => {
		if (ended || !held.session.isOpen) {
			discard(held);
			return;
		}
		held.answeredMs = performance.now();
		const next = waiting.shift();
		if (next !== undefined) {
			next.give(held);
			return;
		}
		idle.push(held);
		while (idle.length > KEPT_IDLE) discard(idle.shift() as Held);
		askLater();
	};

	const free = (held: Held): void => {
		held.usedMs = performance.now();
		keep(held);
	};

	/** One timer, and only while something is idle; it does not keep the process alive. */
	let asking: NodeJS.Timeout | undefined;
	const askLater = (): void => {
		asking ??= setTimeout(() => {
			asking = undefined;
			for (const held of idle.splice(0)) {
				if (held.usedMs + IDLE_MS <= performance.now()) discard(held);
				else void answers(held).then((lives) => (lives ? keep : discard)(held));
			}
		}, ASKED_EVERY_MS).unref();
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
			clearTimeout(asking);
			for (const held of idle.splice(0)) discard(held);
			callback(undefined);
		},
	};
};
