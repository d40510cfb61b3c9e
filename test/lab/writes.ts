// What became of each write, and what can be said about all of them. Pure.

/**
 * `failed`: the server said that it was not done. `unknown`: the connection went
 * or the answer did not come in time, so it may have been done or not.
 */
export type Outcome = "acknowledged" | "failed" | "unknown";

export interface WriteRecord {
	readonly id: number;
	readonly outcome: Outcome;
	/** "host:port" of the server it was sent to. */
	readonly server: string;
	/** Monotonic, as performance.now(). */
	readonly sentAtMs: number;
	readonly settledAtMs: number;
	/** The driver's or server's error code, unless acknowledged. */
	readonly code?: string;
}

export interface WriteGap {
	readonly fromMs: number;
	readonly toMs: number;
	readonly lengthMs: number;
	/** The servers that acknowledged before and after it. */
	readonly before: string;
	readonly after: string;
}

export interface WriteReport {
	readonly acknowledged: number;
	readonly failed: number;
	readonly unknown: number;
	/** Acknowledged writes by server. */
	readonly byServer: Readonly<Record<string, number>>;
	readonly longestGap: WriteGap | undefined;
}

export function reportWrites(records: readonly WriteRecord[]): WriteReport {
	const count = (outcome: Outcome) =>
		records.filter((record) => record.outcome === outcome).length;
	const byServer: Record<string, number> = {};
	for (const { server } of acknowledgedInOrder(records))
		byServer[server] = (byServer[server] ?? 0) + 1;
	return {
		acknowledged: count("acknowledged"),
		failed: count("failed"),
		unknown: count("unknown"),
		byServer,
		longestGap: writeGaps(records, 0).sort(
			(a, b) => b.lengthMs - a.lengthMs,
		)[0],
	};
}

/** Times over `thresholdMs` between two acknowledgements, in order. */
export function writeGaps(
	records: readonly WriteRecord[],
	thresholdMs: number,
): WriteGap[] {
	const done = acknowledgedInOrder(records);
	return done.slice(1).flatMap((next, index) => {
		const last = done[index];
		if (last === undefined) return [];
		const lengthMs = next.settledAtMs - last.settledAtMs;
		if (lengthMs <= thresholdMs) return [];
		return [
			{
				fromMs: last.settledAtMs,
				toMs: next.settledAtMs,
				lengthMs,
				before: last.server,
				after: next.server,
			},
		];
	});
}

/**
 * The first write that was sent after the moment and acknowledged; on another
 * server than `notOn` when that is given.
 */
export function firstAcknowledgedAfter(
	records: readonly WriteRecord[],
	momentMs: number,
	notOn?: string,
): WriteRecord | undefined {
	return acknowledgedInOrder(records).find(
		({ sentAtMs, server }) => sentAtMs >= momentMs && server !== notOn,
	);
}

function acknowledgedInOrder(records: readonly WriteRecord[]): WriteRecord[] {
	return records
		.filter(({ outcome }) => outcome === "acknowledged")
		.sort((a, b) => a.settledAtMs - b.settledAtMs);
}
