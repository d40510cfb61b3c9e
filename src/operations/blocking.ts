import { type BlockPeriods, blocksForMs } from "../policy/recovery-table.ts";
import { mayPreempt } from "./severity.ts";

interface Blocking {
	readonly analysis: string;
	readonly startedAtMs: number;
	/** 0 while it runs. */
	readonly endedAtMs: number;
}

/**
 * Of the recoveries of a cluster that are in their active period those that hold up its failover, with how long each does. The record
 * of an operation that still runs and gives way to a failover holds up nothing, nor does one whose own period is over.
 */
export const blockingAmong = <Recovery extends Blocking>(
	active: readonly Recovery[],
	{
		running,
		settings,
		nowMs,
	}: {
		/** The operation that holds the cluster. */
		readonly running: { readonly kind: string } | undefined;
		readonly settings: BlockPeriods;
		readonly nowMs: number;
	},
): readonly (Recovery & { readonly blocksForMs: number })[] => {
	const givesWay =
		running !== undefined && mayPreempt("recovery", running.kind);
	return active
		.map((each) => ({
			...each,
			blocksForMs: blocksForMs(each.analysis, settings),
		}))
		.filter((each) =>
			each.endedAtMs === 0
				? !givesWay
				: each.startedAtMs >= nowMs - each.blocksForMs,
		);
};

/**
 * What a recovery that runs, or has succeeded, came from is told for a while still: it is not held up by its own recovery.
 * @param blocking the recovery that speaks against another one
 */
export const isAnswered = (
	blocking:
		| { readonly detectionId: number; readonly isFailed: boolean }
		| undefined,
	detectionId: number,
): boolean =>
	blocking !== undefined &&
	blocking.detectionId === detectionId &&
	!blocking.isFailed;
