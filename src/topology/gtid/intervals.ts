/** Transaction numbers from `first` to `last`, both included. BigInt, since they reach 2^63−1. */
export interface Interval {
	readonly first: bigint;
	readonly last: bigint;
}

/**
 * Intervals in rising order that neither overlap nor touch. Every function here takes and returns such lists and is
 * linear in their length (except {@link normalise} on unsorted input).
 */
export type Intervals = readonly Interval[];

const byFirst = (a: Interval, b: Interval): number =>
	a.first < b.first ? -1 : a.first > b.first ? 1 : 0;

/** Merges a rising run of intervals that may overlap or touch. */
const coalesce = (sorted: Intervals): Intervals => {
	const merged: Interval[] = [];
	for (const next of sorted) {
		const previous = merged.at(-1);
		if (!previous || next.first > previous.last + 1n) merged.push(next);
		else if (next.last > previous.last)
			merged[merged.length - 1] = { first: previous.first, last: next.last };
	}
	return merged;
};

/** Brings any list of intervals into order. Servers print them in order already, which sorting detects. */
export const normalise = (intervals: Intervals): Intervals =>
	coalesce(intervals.toSorted(byFirst));

export const unionIntervals = (a: Intervals, b: Intervals): Intervals => {
	const both: Interval[] = [];
	let i = 0;
	let j = 0;
	for (;;) {
		const left = a[i];
		const right = b[j];
		if (left && (!right || left.first <= right.first)) {
			both.push(left);
			i++;
		} else if (right) {
			both.push(right);
			j++;
		} else return coalesce(both);
	}
};

/** What is in `a` and not in `b`. */
export const subtractIntervals = (a: Intervals, b: Intervals): Intervals => {
	const rest: Interval[] = [];
	let j = 0;
	for (const { first, last } of a) {
		let from = first;
		// Not advanced past a hole that may reach into the next interval of `a`.
		for (let hole = b[j]; hole && hole.first <= last; hole = b[++j]) {
			if (hole.first > from) rest.push({ first: from, last: hole.first - 1n });
			if (hole.last >= from) from = hole.last + 1n;
			if (hole.last > last) break;
		}
		if (from <= last) rest.push({ first: from, last });
	}
	return rest;
};

/** How many numbers the intervals hold. */
export const countIntervals = (intervals: Intervals): bigint =>
	intervals.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);

export const equalIntervals = (a: Intervals, b: Intervals): boolean =>
	a.length === b.length &&
	a.every(({ first, last }, i) => b[i]?.first === first && b[i]?.last === last);
