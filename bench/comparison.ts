// What the pairs say together. Pure.

import { type Compared, hundredths, ratioColumn } from "./pair.ts";
import type { Run } from "./runs.ts";
import { type Distribution, distributionOf } from "./statistics.ts";

export interface Comparison {
	readonly says: string;
	/** Milliseconds. */
	readonly floor: Distribution;
	readonly baton: Distribution;
	/** Of the pairs, not of the medians. */
	readonly ratio: Distribution;
	readonly pairs: number;
}

/** Over the pairs in which both sides have the figure; what no pair has is left out. */
export const compareSides = (
	runs: readonly Run[],
	compared: readonly Compared[],
): Comparison[] =>
	compared.flatMap(([column, says]) => {
		const pairs = runs.filter(
			(run) => typeof run[ratioColumn(column)] === "number",
		);
		const numbers = (name: string): number[] =>
			pairs.map((run) => Number(run[name]));
		const floor = distributionOf(numbers(`floor_${column}`));
		const baton = distributionOf(numbers(column));
		const ratio = distributionOf(numbers(ratioColumn(column)), hundredths);
		return floor === undefined || baton === undefined || ratio === undefined
			? []
			: [{ says, floor, baton, ratio, pairs: pairs.length }];
	});

/** Rows of a table under `heading`. */
export const comparisonRows = (
	comparisons: readonly Comparison[],
): string[][] => [
	["Baton against bare SQL without a manager", "min", "median", "max"],
	...comparisons.flatMap(({ says, floor, baton, ratio }) => [
		row(`${says}, bare SQL (ms)`, floor),
		row(`${says}, Baton (ms)`, baton),
		row(`${says}, ratio`, ratio),
	]),
];

const row = (says: string, { min, median, max }: Distribution): string[] => [
	says,
	String(min),
	String(median),
	String(max),
];

/** The sentences that stand for the whole. */
export const comparisonSays = (
	comparisons: readonly Comparison[],
	runs: readonly Run[],
): string[] => [
	...comparisons.map(
		({ says, ratio, pairs }) =>
			`${says}: ${ratio.median} times the floor at the median, ${ratio.max} at worst (${pairs} of ${runs.length} pairs)`,
	),
	`lost acknowledged writes: ${total(runs, "lost")} with Baton, ${total(runs, "floor_lost")} without a manager`,
];

const total = (runs: readonly Run[], column: string): number =>
	runs.reduce((sum, run) => sum + Number(run[column] ?? 0), 0);
