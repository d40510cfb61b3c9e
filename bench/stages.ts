// Where the time goes: the moments of a failover, each with what it adds. Pure.

import { distributionOf, rounded } from "./statistics.ts";

type Moment = readonly [column: string, says: string];

/** In the order in which they follow from each other; a run has those that its kind of operation records. */
const MOMENTS: readonly Moment[] = [
	["noticed_ms", "noticed"],
	["detect_ms", "declared"],
	["told_ms", "Temporal has the finding"],
	["decided_ms", "weighed, operation asked for"],
	["started_ms", "operation started"],
	["begin_done_ms", "cluster taken, looked at, planned; receivers stopped"],
	["find_credential_done_ms", "replication account found"],
	["stop_receiver_asked_ms", "stop receivers: asked"],
	["stop_receiver_done_ms", "stop receivers: done"],
	["apply_received_done_ms", "all applied"],
	["open_asked_ms", "open: asked"],
	["open_done_ms", "open: done"],
	["hand_over_asked_ms", "siblings moved, hand over asked"],
	["hand_over_done_ms", "handed over"],
	["first_write_ms", "first write"],
	["repointed_ms", "all follow"],
	["end_semi_sync_done_ms", "old primary no semi-sync source"],
	["ended_ms", "operation ended"],
	["total_ms", "answered"],
];

/** The same of a failover or takeover by bare SQL. */
export const FLOOR_MOMENTS: readonly Moment[] = [
	["floor_noticed_ms", "noticed"],
	["floor_stopped_ms", "receivers stopped"],
	["floor_moved_ms", "siblings moved"],
	["floor_caught_up_ms", "caught up"],
	["floor_blocked_ms", "writes blocked"],
	["floor_applied_ms", "all applied"],
	["floor_opened_ms", "opened"],
	["floor_first_write_ms", "first write"],
	["floor_repointed_ms", "all repointed"],
	["floor_forgot_ms", "new primary without a source"],
	["floor_followers_ms", "all follow"],
	["floor_semi_sync_off_ms", "old primary no semi-sync source"],
	["floor_total_ms", "done"],
];

/**
 * Rows of a table: the moment, the median of when it was, and the medians of what it took since the moment before. A moment
 * may lie before the one above it where both happen side by side.
 */
export const stagesOf = (
	runs: readonly Readonly<Record<string, unknown>>[],
	moments: readonly Moment[] = MOMENTS,
): string[][] => {
	const known = moments.filter(([column]) =>
		runs.some((run) => typeof run[column] === "number"),
	);
	return known.map(([column, says], index) => {
		const before = known[index - 1]?.[0];
		const at = numbers(runs, (run) => run[column]);
		const since = numbers(runs, (run) => {
			const now = run[column];
			const then = before === undefined ? 0 : run[before];
			return typeof now === "number" && typeof then === "number"
				? now - then
				: undefined;
		});
		return [
			says,
			text(distributionOf(at)?.median),
			text(distributionOf(since)?.median),
			text(distributionOf(since)?.max),
		];
	});
};

const numbers = (
	runs: readonly Readonly<Record<string, unknown>>[],
	pick: (run: Readonly<Record<string, unknown>>) => unknown,
): number[] => runs.map(pick).filter((value) => typeof value === "number");

const text = (value: number | undefined): string =>
	value === undefined ? "" : String(rounded(value));
