// What is said about a number of measurements. Pure.

export interface Distribution {
	readonly min: number;
	readonly median: number;
	readonly p95: number;
	readonly max: number;
}

/** undefined without measurements. Rounded to a tenth unless told otherwise: the clock is not better than that. */
export const distributionOf = (
	values: readonly number[],
	round: (value: number) => number = rounded,
): Distribution | undefined => {
	if (values.length === 0) return undefined;
	const sorted = [...values].sort((a, b) => a - b);
	return {
		min: round(sorted[0] ?? 0),
		median: round(medianOf(sorted)),
		p95: round(nearestRank(sorted, 0.95)),
		max: round(sorted.at(-1) ?? 0),
	};
};

/** The numbers of each run, column by column; a run without a number in a column does not count there. */
export const summarise = (
	runs: readonly Readonly<Record<string, unknown>>[],
): Record<string, Distribution> => {
	const columns = new Set(runs.flatMap((run) => Object.keys(run)));
	const summary: Record<string, Distribution> = {};
	for (const column of columns) {
		const distribution = distributionOf(
			runs
				.map((run) => run[column])
				.filter((value) => typeof value === "number"),
		);
		if (distribution !== undefined) summary[column] = distribution;
	}
	return summary;
};

export const rounded = (value: number): number => Math.round(value * 10) / 10;

/** The mean of the two in the middle when their number is even. */
const medianOf = (sorted: readonly number[]): number => {
	const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
	const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
	return (lower + upper) / 2;
};

/** The smallest measurement that at least this share of all does not exceed. */
const nearestRank = (sorted: readonly number[], share: number): number =>
	sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
