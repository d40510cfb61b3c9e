// One measurement of Baton and one of bare SQL, side by side. Pure.

import type { BenchOptions } from "./options.ts";
import type { Run } from "./runs.ts";

export type Side = "floor" | "baton";

/** What is compared: a column that both sides have, and its name for people. The first is the figure of the kind. */
export type Compared = readonly [column: string, says: string];

const OF_FAILURES: readonly Compared[] = [
	["first_write_ms", "first write"],
	["repointed_ms", "all repointed"],
];

const COMPARED: Readonly<
	Partial<Record<BenchOptions["kind"], readonly Compared[]>>
> = {
	failover: OF_FAILURES,
	hang: OF_FAILURES,
	takeover: [
		["gap_ms", "gap in writes"],
		["followers_ms", "all follow"],
		["total_ms", "whole command"],
	],
	relocation: [["total_ms", "all moved"]],
};

export const comparedBy = (kind: BenchOptions["kind"]): readonly Compared[] =>
	COMPARED[kind] ?? [];

export const ratioColumn = (column: string): string =>
	column.replace(/_ms$/, "_ratio");

/** The machine's speed changes by the hour, and with what ran just before: neither side is always the second. */
export const orderOf = (number: number): readonly Side[] =>
	number % 2 === 1 ? ["floor", "baton"] : ["baton", "floor"];

/** Baton's columns as they are, the floor's as `floor_…`, and how many times the floor Baton needed as `…_ratio`. */
export const pairOf = (
	floor: Run,
	baton: Run,
	compared: readonly Compared[],
): Run => {
	const troubles = [
		...troubleOf("without a manager", floor),
		...troubleOf("Baton", baton),
	];
	return {
		...baton,
		...Object.fromEntries(
			Object.entries(floor)
				.filter(([name]) => name !== "failed")
				.map(([name, value]) => [`floor_${name}`, value]),
		),
		...ratiosOf(floor, baton, compared),
		...(troubles.length === 0 ? {} : { failed: troubles.join("; ") }),
	};
};

const troubleOf = (who: string, run: Run): string[] =>
	run["failed"] === undefined ? [] : [`${who}: ${run["failed"]}`];

/** None for a column that one side does not have, or that the floor did in no time. */
const ratiosOf = (
	floor: Run,
	baton: Run,
	compared: readonly Compared[],
): Run => {
	const ratios: Record<string, number> = {};
	for (const [column] of compared) {
		const [lowest, own] = [floor[column], baton[column]];
		if (typeof lowest === "number" && typeof own === "number" && lowest > 0)
			ratios[ratioColumn(column)] = hundredths(own / lowest);
	}
	return ratios;
};

export const hundredths = (value: number): number =>
	Math.round(value * 100) / 100;
