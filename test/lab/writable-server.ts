// Finding the server that takes writes, as fast as it can be found from outside:
// all are asked at once, over and over, on connections that stay open.

import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, createConnection } from "mysql2/promise";
import type { Account } from "./accounts.ts";

export interface Address {
	readonly host: string;
	readonly port: number;
}

export interface WritableServer {
	readonly address: Address;
	readonly connection: Connection;
}

export interface SearchOptions {
	readonly account: Account;
	/** For connecting and for each question; default 150. */
	readonly deadlineMs?: number;
	/** Between two questions to the same server; default 5. */
	readonly pauseMs?: number;
	readonly signal: AbortSignal;
}

/**
 * Answers the first of the servers that says it is not read-only, connected; or
 * undefined when the signal was given first. Does not wait for the others: one
 * that hangs would hold it up until its deadline.
 */
export function findWritable(
	addresses: readonly Address[],
	options: SearchOptions,
): Promise<WritableServer | undefined> {
	const settled = new AbortController();
	const signal = AbortSignal.any([options.signal, settled.signal]);
	return new Promise((resolve, reject) => {
		const searches = addresses.map(async (address) => {
			const found = await watch(address, { ...options, signal });
			if (found === undefined) return;
			if (settled.signal.aborted) found.connection.destroy();
			settled.abort();
			resolve(found);
		});
		Promise.all(searches).then(() => resolve(undefined), reject);
	});
}

/** @throws also when the deadline passes; the connection is destroyed then. */
export async function connectWithin(
	address: Address,
	account: Account,
	deadlineMs: number,
): Promise<Connection> {
	const connection = await createConnection({
		host: address.host,
		port: address.port,
		...account,
		connectTimeout: deadlineMs,
	});
	connection.on("error", () => {
		// The next statement on it tells.
	});
	return connection;
}

/** @throws when the deadline passes first; the late outcome is dropped. */
export async function within<T>(
	work: Promise<T>,
	deadlineMs: number,
): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(
			() => reject(new Error(`no answer in ${deadlineMs} ms`)),
			deadlineMs,
		);
	});
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(timer);
	}
}

/** Errors are expected here: servers are down, hung or refuse. It asks again. */
async function watch(
	address: Address,
	options: SearchOptions,
): Promise<WritableServer | undefined> {
	const { account, deadlineMs = 150, pauseMs = 5, signal } = options;
	let connection: Connection | undefined;
	while (!signal.aborted) {
		try {
			connection ??= await connectWithin(address, account, deadlineMs);
			if (await isWritable(connection, deadlineMs)) {
				if (!signal.aborted) return { address, connection };
				break;
			}
		} catch {
			connection?.destroy();
			connection = undefined;
		}
		await sleep(pauseMs);
	}
	connection?.destroy();
	return undefined;
}

async function isWritable(
	connection: Connection,
	deadlineMs: number,
): Promise<boolean> {
	const [rows] = await within(
		connection.query("SELECT @@GLOBAL.read_only AS ro"),
		deadlineMs,
	);
	return Number((rows as { ro: number }[])[0]?.ro) === 0;
}
