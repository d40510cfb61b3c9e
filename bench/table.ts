// Tables for people. Pure.

import type { Machine } from "./machine.ts";
import type { Distribution } from "./statistics.ts";

/** One row for each measurement: its name, smallest, median, p95 and largest. */
export const formatSummary = (
	summary: Readonly<Record<string, Distribution>>,
): string[] => {
	const rows = Object.entries(summary).map(
		([name, { min, median, p95, max }]) => [
			name,
			String(min),
			String(median),
			String(p95),
			String(max),
		],
	);
	return formatTable([["", "min", "median", "p95", "max"], ...rows]);
};

/** The first column to the left, the others to the right. */
export const formatTable = (rows: readonly (readonly string[])[]): string[] => {
	const widths = (rows[0] ?? []).map((_, column) =>
		Math.max(...rows.map((row) => (row[column] ?? "").length)),
	);
	return rows.map((row) =>
		row
			.map((cell, column) =>
				column === 0
					? cell.padEnd(widths[column] ?? 0)
					: cell.padStart(widths[column] ?? 0),
			)
			.join("  ")
			.trimEnd(),
	);
};

export const formatMachine = (machine: Machine): string =>
	`${machine.server}; ${machine.cores} cores (${machine.cpu}), ${machine.memory_gb} GB, ${machine.kernel}; Node ${machine.node}, Temporal ${machine.temporal}; load before ${machine.load_before}`;
