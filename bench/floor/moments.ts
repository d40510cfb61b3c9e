// What the floor tells of itself. Pure.

import type { Moment } from "../failure-run.ts";

/** By column, monotonic. */
export type Moments = Readonly<Record<string, number>>;

/** Columns of the run: milliseconds after what began it. */
export type FloorRecord = Readonly<Record<string, number>>;

export const columnsSince = (moments: Moments, from: Moment): FloorRecord =>
	Object.fromEntries(
		Object.entries(moments).map(([name, atMs]) => [
			name,
			atMs - from.atMonotonicMs,
		]),
	);
