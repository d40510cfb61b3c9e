// One planned takeover under load, measured from outside.

import { setTimeout as delay } from "node:timers/promises";
import type { Envelope } from "../test/lab/baton-process.ts";
import { createWriter } from "../test/lab/writer.ts";
import { writeGaps } from "../test/lab/writes.ts";
import { watchLoad } from "./busy.ts";
import { checkData, type DataCheck } from "./convergence.ts";
import { converged } from "./failure-run.ts";
import { type OperationRecord, readOperation } from "./operation-record.ts";
import type { Manager, WatchedCluster } from "./watched-cluster.ts";

export interface TakeoverResult {
	/** When it was asked for, milliseconds since the epoch. */
	readonly askedAtMs: number;
	/** From the last acknowledgement of the old primary to the first of the new one. */
	readonly gapMs: number;
	/** From the request to its answer. */
	readonly totalMs: number;
	readonly record: OperationRecord;
	readonly data: DataCheck;
	readonly acknowledged: number;
	/** Acknowledged writes a second before it. */
	readonly rate: number;
	/** The longest time between two acknowledgements while nothing happened. */
	readonly calmGapMs: number;
	/** Share of all cores in use before it. */
	readonly busyBefore: number;
}

/** One connection would wait for each acknowledgement and not reach the rate. */
const CONNECTIONS = 4;
const WRITES_AFTER = 200;

/** @throws when it is refused or fails, or the cluster is not sound afterwards */
export const takeOver = async (
	manager: Manager,
	cluster: WatchedCluster,
	options: { readonly rate: number; readonly settleMs: number },
): Promise<TakeoverResult> => {
	const { primary, servers } = cluster.topology;
	const writer = createWriter({
		servers,
		ratePerSecond: options.rate,
		connections: CONNECTIONS,
	});
	writer.start();
	try {
		// The first writes find their server and open their connections.
		await writer.waitAcknowledged(WRITES_AFTER);
		const calm = { fromMs: performance.now(), count: writer.records.length };
		const busyNow = watchLoad();
		await delay(options.settleMs);
		const busyBefore = busyNow();
		const asked = { atMs: Date.now(), atMonotonicMs: performance.now() };
		const countAsked = writer.records.length;
		const answer = await manager.baton.get<Envelope>(
			`graceful-master-takeover-auto/${cluster.identity}`,
		);
		const totalMs = performance.now() - asked.atMonotonicMs;
		if (answer.Code !== "OK") throw new Error(answer.Message);
		await writer.waitAcknowledged(WRITES_AFTER);
		const report = await writer.stop();
		const gap = writeGaps(writer.records, 0).find(
			({ before, after }) => before === primary.name && after !== before,
		);
		if (gap === undefined) throw new Error("no other server took writes");
		const record = await readOperation(
			manager.temporal,
			cluster.identity,
			asked.atMs - 1,
		);
		if (record === undefined) throw new Error("Temporal has no record of it");
		const next = servers.find(({ name }) => name === gap.after);
		if (next === undefined) throw new Error(`who is ${gap.after}?`);
		const others = servers.filter((each) => each !== next);
		await converged(next, others);
		const calmGaps = writeGaps(
			writer.records.filter(
				({ settledAtMs }) =>
					settledAtMs >= calm.fromMs && settledAtMs <= asked.atMonotonicMs,
			),
			0,
		);
		return {
			askedAtMs: asked.atMs,
			gapMs: gap.lengthMs,
			totalMs,
			record,
			data: await checkData(next, others, writer.records),
			acknowledged: report.acknowledged,
			rate:
				((countAsked - calm.count) * 1000) /
				(asked.atMonotonicMs - calm.fromMs),
			busyBefore,
			calmGapMs: Math.max(...calmGaps.map(({ lengthMs }) => lengthMs)),
		};
	} finally {
		await writer.stop();
	}
};
