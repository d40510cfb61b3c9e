// One failure of a primary under load, measured from outside.

import { setTimeout as delay } from "node:timers/promises";
import type { Topology } from "../test/lab/laying.ts";
import { waitUntil } from "../test/lab/replication.ts";
import type { LabServer } from "../test/lab/server.ts";
import { createWriter, type Writer } from "../test/lab/writer.ts";
import type { WriteRecord } from "../test/lab/writes.ts";
import { checkData, type DataCheck, troublesOf } from "./convergence.ts";

export type Failure = "kill" | "hang";

/** One moment by both clocks: milliseconds since the epoch, and as performance.now(). */
export interface Moment {
	readonly atMs: number;
	readonly atMonotonicMs: number;
}

/** Who mends the cluster: a manager, or bare SQL. Both are measured by the same code. */
export interface Rescuer<Told> {
	/** Rejects when it is known that it will not be mended; never resolves. */
	readonly gaveUp: Promise<never>;
	/** What it tells of its work, once that is done. @throws when it did not succeed */
	record(failed: Moment): Promise<Told>;
}

/** Times: milliseconds since the epoch. */
export interface FailureResult<Told> {
	readonly failedAtMs: number;
	readonly firstWriteAtMs: number;
	readonly failed: LabServer;
	readonly newPrimary: LabServer;
	readonly record: Told;
	readonly data: DataCheck;
	readonly acknowledged: number;
	/** Attempts with an unknown outcome: neither acknowledged nor refused. */
	readonly unknown: number;
}

export interface FailureOptions {
	readonly failure: Failure;
	readonly rate: number;
	/** Answers when the failure shall happen; the load runs meanwhile. */
	readonly whenToFail: (writer: Writer) => Promise<unknown>;
	/** Who is primary by then, where somebody may have changed it meanwhile; else the topology's own. */
	readonly primaryNow?: () => Promise<LabServer>;
	/** What else shall go wrong once the primary has failed. */
	readonly andThen?: (failed: Moment) => Promise<unknown>;
	/** Told as it goes on. */
	readonly log?: (text: string) => void;
}

const WRITES_AGAIN_WITHIN_MS = 60_000;
const CONVERGED_WITHIN_MS = 30_000;
/** Acknowledged on the new primary before the data are compared. */
const WRITES_AFTER = 50;

/** Takes the primary away and answers when the cluster is sound again. @throws when it does not become so, with the reason */
export const failPrimary = async <Told>(
	topology: Topology,
	rescuer: Rescuer<Told>,
	options: FailureOptions,
): Promise<FailureResult<Told>> => {
	const { servers } = topology;
	const writer = createWriter({ servers, ratePerSecond: options.rate });
	const log = options.log ?? (() => {});
	writer.start();
	try {
		await options.whenToFail(writer);
		const primary = (await options.primaryNow?.()) ?? topology.primary;
		const failed = strike(primary, options.failure);
		log(failed.says);
		await options.andThen?.(failed);
		const write = await Promise.race([
			firstWrite(writer, failed.atMonotonicMs, primary),
			rescuer.gaveUp,
		]);
		log(`writes are acknowledged again, by ${write.server}`);
		await writer.waitAcknowledged(WRITES_AFTER);
		const newPrimary = servers.find(({ name }) => name === write.server);
		if (newPrimary === undefined) throw new Error(`who is ${write.server}?`);
		const record = await rescuer.record(failed);
		const others = servers.filter(
			(each) => each !== primary && each !== newPrimary,
		);
		await converged(newPrimary, others);
		const report = await writer.stop();
		return {
			failedAtMs: failed.atMs,
			firstWriteAtMs: failed.atMs + write.settledAtMs - failed.atMonotonicMs,
			failed: primary,
			newPrimary,
			record,
			data: await checkData(newPrimary, others, writer.records),
			acknowledged: report.acknowledged,
			unknown: report.unknown,
		};
	} finally {
		await writer.stop();
	}
};

/** Both clocks are read right before the signal. */
const strike = (primary: LabServer, failure: Failure) => {
	const { pid } = primary;
	if (pid === undefined) throw new Error(`${primary.name} is not running`);
	const signal = failure === "kill" ? "SIGKILL" : "SIGSTOP";
	const atMonotonicMs = performance.now();
	const atMs = Date.now();
	process.kill(pid, signal);
	return {
		atMs,
		atMonotonicMs,
		says: `${signal} to ${primary.name} (pid ${pid})`,
	};
};

const firstWrite = async (
	writer: Writer,
	momentMs: number,
	failed: LabServer,
): Promise<WriteRecord> => {
	const untilMs = performance.now() + WRITES_AGAIN_WITHIN_MS;
	for (;;) {
		const write = writer.firstAcknowledgedAfter(momentMs, failed.name);
		if (write !== undefined) return write;
		if (performance.now() > untilMs)
			throw new Error(
				`no write was acknowledged within ${WRITES_AGAIN_WITHIN_MS / 1000} s of the failure`,
			);
		// Looked at afterwards by its own clock: this pause is not part of any figure.
		await delay(50);
	}
};

/** @throws with all that is wrong when it stays wrong */
export const converged = async (
	primary: LabServer,
	others: readonly LabServer[],
): Promise<void> => {
	let troubles: string[] = [];
	try {
		await waitUntil(
			"the cluster to converge",
			async () => {
				troubles = await troublesOf(primary, others);
				return troubles.length === 0;
			},
			CONVERGED_WITHIN_MS,
		);
	} catch (error) {
		throw new Error(
			`the cluster did not converge: ${troubles.join("; ") || (error as Error).message}`,
		);
	}
};
