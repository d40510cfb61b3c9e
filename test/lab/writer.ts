// An application that writes: each row has an id of its own, and the outcome of
// every attempt is kept. An id is never tried twice.

import { setTimeout as sleep } from "node:timers/promises";
import { ACCOUNTS } from "./accounts.ts";
import {
	type Address,
	connectWithin,
	findWritable,
	type WritableServer,
	within,
} from "./writable-server.ts";
import {
	firstAcknowledgedAfter,
	type Outcome,
	reportWrites,
	type WriteGap,
	type WriteRecord,
	type WriteReport,
	writeGaps,
} from "./writes.ts";

export interface WriterOptions {
	/** Tried all at once; the first that is not read-only is written to. */
	readonly servers: readonly Address[];
	/** Instead: who says where to write, such as a proxy's or a KV store's entry. */
	readonly findPrimary?: () => Promise<Address | undefined>;
	/** Attempts a second over all connections; default 100. */
	readonly ratePerSecond?: number;
	/** Default 1. */
	readonly connections?: number;
	/** Column `writer`; default "writer". */
	readonly name?: string;
	/** Default 1; several writers need ranges apart. */
	readonly firstId?: number;
	/** Default 150. */
	readonly connectDeadlineMs?: number;
	/** After it the connection is given up and the outcome is unknown; default 500. */
	readonly statementDeadlineMs?: number;
}

export interface Writer {
	/** Grows while it runs. */
	readonly records: readonly WriteRecord[];
	start(): void;
	/** Answers when the last attempt has an outcome. */
	stop(): Promise<WriteReport>;
	/** Waits for `count` acknowledged writes that were sent from now on. */
	waitAcknowledged(count: number, deadlineMs?: number): Promise<void>;
	report(): WriteReport;
	gaps(thresholdMs: number): WriteGap[];
	firstAcknowledgedAfter(
		momentMs: number,
		notOn?: string,
	): WriteRecord | undefined;
}

/** Errors after which the server has certainly not committed. */
const REFUSALS = new Set([
	"ER_OPTION_PREVENTS_STATEMENT",
	"ER_READ_ONLY_MODE",
	"ER_NO_SUCH_TABLE",
	"ER_BAD_DB_ERROR",
	"ER_DBACCESS_DENIED_ERROR",
	"ER_TABLEACCESS_DENIED_ERROR",
	"ER_LOCK_WAIT_TIMEOUT",
	"ER_LOCK_DEADLOCK",
]);

export function createWriter(options: WriterOptions): Writer {
	const records: WriteRecord[] = [];
	const stopping = new AbortController();
	const connections = options.connections ?? 1;
	const intervalMs = (1000 * connections) / (options.ratePerSecond ?? 100);
	let nextId = options.firstId ?? 1;
	let lanes: Promise<void>[] = [];

	async function runLane(offsetMs: number): Promise<void> {
		let target: WritableServer | undefined;
		let dueMs = performance.now() + offsetMs;
		while (!stopping.signal.aborted) {
			const waitMs = dueMs - performance.now();
			if (waitMs > 0) await sleep(waitMs);
			target ??= await findTarget(options, stopping.signal);
			if (target === undefined || stopping.signal.aborted) break;
			const record = await attempt(target, nextId++, options);
			records.push(record);
			if (record.outcome !== "acknowledged") {
				target.connection.destroy();
				target = undefined;
			}
			// What was missed during an outage is not made up for.
			dueMs = Math.max(dueMs + intervalMs, performance.now());
		}
		target?.connection.destroy();
	}

	return {
		records,
		start() {
			lanes = Array.from({ length: connections }, (_, lane) =>
				runLane((lane * intervalMs) / connections),
			);
		},
		async stop() {
			stopping.abort();
			await Promise.all(lanes);
			return reportWrites(records);
		},
		async waitAcknowledged(count, deadlineMs = 30_000) {
			const from = performance.now();
			const seen = () =>
				records.filter(
					(record) =>
						record.outcome === "acknowledged" && record.sentAtMs >= from,
				).length;
			while (seen() < count) {
				if (performance.now() - from > deadlineMs)
					throw new Error(
						`${seen()} of ${count} writes acknowledged in ${deadlineMs} ms; ${tellLast(records)}`,
					);
				await sleep(5);
			}
		},
		report: () => reportWrites(records),
		gaps: (thresholdMs) => writeGaps(records, thresholdMs),
		firstAcknowledgedAfter: (momentMs, notOn) =>
			firstAcknowledgedAfter(records, momentMs, notOn),
	};
}

/** What a test that waits in vain needs to know: what the writer got instead. */
function tellLast(records: readonly WriteRecord[]): string {
	const last = records.at(-1);
	if (last === undefined) return "none was sent: no server takes writes";
	const agoMs = Math.round(performance.now() - last.sentAtMs);
	return `the last of ${records.length} was sent to ${last.server} ${agoMs} ms ago: ${last.outcome} ${last.code ?? ""}`;
}

async function findTarget(
	options: WriterOptions,
	signal: AbortSignal,
): Promise<WritableServer | undefined> {
	const account = ACCOUNTS.app;
	const deadlineMs = options.connectDeadlineMs ?? 150;
	const { findPrimary } = options;
	if (findPrimary === undefined)
		return findWritable(options.servers, { account, deadlineMs, signal });
	while (!signal.aborted) {
		try {
			const address = await findPrimary();
			if (address !== undefined)
				return {
					address,
					connection: await connectWithin(address, account, deadlineMs),
				};
		} catch {
			// Not there yet: asked again below.
		}
		await sleep(5);
	}
	return undefined;
}

async function attempt(
	{ connection, address }: WritableServer,
	id: number,
	options: WriterOptions,
): Promise<WriteRecord> {
	const sentAtMs = performance.now();
	const settle = (outcome: Outcome, code?: string): WriteRecord => ({
		id,
		outcome,
		server: `${address.host}:${address.port}`,
		sentAtMs,
		settledAtMs: performance.now(),
		...(code === undefined ? {} : { code }),
	});
	try {
		await within(
			connection.query("INSERT INTO app.writes VALUES (?, NOW(6), ?)", [
				id,
				options.name ?? "writer",
			]),
			options.statementDeadlineMs ?? 500,
		);
		return settle("acknowledged");
	} catch (error) {
		const code = String((error as { code?: unknown }).code ?? "NO_ANSWER");
		return settle(REFUSALS.has(code) ? "failed" : "unknown", code);
	}
}
