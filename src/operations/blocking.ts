import { mayPreempt } from "./severity.ts";

/**
 * Of the recoveries of a cluster that are in their active period those that hold up its failover. The record of an operation that
 * still runs and gives way to a failover holds up nothing.
 * @param running the operation that holds the cluster
 */
export const blockingAmong = <Recovery extends { readonly endedAtMs: number }>(
	active: readonly Recovery[],
	running: { readonly kind: string } | undefined,
): readonly Recovery[] =>
	running !== undefined && mayPreempt("recovery", running.kind)
		? active.filter((each) => each.endedAtMs > 0)
		: active;

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
