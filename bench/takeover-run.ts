// One planned takeover under load, measured from outside.

import { setTimeout as delay } from "node:timers/promises";
import type { Topology } from "../test/lab/laying.ts";
import { createWriter } from "../test/lab/writer.ts";
import { writeGaps } from "../test/lab/writes.ts";
import { watchLoad } from "./busy.ts";
import { checkData, type DataCheck } from "./convergence.ts";
import { converged, type Moment } from "./failure-run.ts";

/** Who changes the primary: a manager, or bare SQL. Both are measured by the same code. */
export interface Switcher<Told> {
	/** Answers when the whole of it is over. @throws when it is refused or fails */
	switchOver(): Promise<void>;
	/** What it tells of its work afterwards. */
	record(asked: Moment): Promise<Told>;
}

export interface TakeoverResult<Told> {
	/** When it was asked for, milliseconds since the epoch. */
	readonly askedAtMs: number;
	/** From the last acknowledgement of the old primary to the first of the new one. */
	readonly gapMs: number;
	/** From the request to its answer. */
	readonly totalMs: number;
	readonly record: Told;
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
export const takeOver = async <Told>(
	{ primary, servers }: Topology,
	switcher: Switcher<Told>,
	options: { readonly rate: number; readonly settleMs: number },
): Promise<TakeoverResult<Told>> => {
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
		await switcher.switchOver();
		const totalMs = performance.now() - asked.atMonotonicMs;
		await writer.waitAcknowledged(WRITES_AFTER);
		const report = await writer.stop();
		const gap = writeGaps(writer.records, 0).find(
			({ before, after }) => before === primary.name && after !== before,
		);
		if (gap === undefined) throw new Error("no other server took writes");
		const record = await switcher.record(asked);
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
