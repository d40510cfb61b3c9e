// So many pairs of one kind, each of its two sides on a fresh cluster. A run that
// fails is a result too: it stays in the list with its reason.

import { batonRun } from "./baton-runs.ts";
import { waitIdle } from "./busy.ts";
import { floorRun } from "./floor/runs.ts";
import type { BenchOptions } from "./options.ts";
import { comparedBy, orderOf, pairOf, ratioColumn, type Side } from "./pair.ts";
import { type Manager, startManager } from "./watched-cluster.ts";

/** Numbers by name, and in `failed` the reason of a run that did not come to a good end. */
export type Run = Readonly<Record<string, number | string>>;

/** Share of all cores in use. */
const IDLE = 0.15;
const IDLE_WITHIN_MS = 60_000;

export const performRuns = async (
	options: BenchOptions,
	log: (text: string) => void,
): Promise<Run[]> => {
	const runs: Run[] = [];
	const shared = options.sharedBaton
		? await startManager(options.flavor)
		: undefined;
	try {
		for (let number = 1; number <= options.runs; number++) {
			const run = await performPair(number, options, shared);
			runs.push(run);
			log(`${number}/${options.runs}  ${inOneLine(run, options.kind)}`);
		}
	} finally {
		await shared?.stop();
	}
	return runs;
};

const performPair = async (
	number: number,
	options: BenchOptions,
	shared: Manager | undefined,
): Promise<Run> => {
	const results: Record<Side, Run> = { floor: {}, baton: {} };
	for (const side of orderOf(number)) {
		if (options.whenIdle) await waitIdle(IDLE, IDLE_WITHIN_MS);
		results[side] =
			side === "floor"
				? await floorRun(options)
				: await withManager(options, shared);
	}
	return pairOf(results.floor, results.baton, comparedBy(options.kind));
};

const withManager = async (
	options: BenchOptions,
	shared: Manager | undefined,
): Promise<Run> => {
	const manager = shared ?? (await startManager(options.flavor));
	try {
		return await batonRun(manager, options);
	} finally {
		if (shared === undefined) await manager.stop();
	}
};

const MAIN_COLUMNS = [
	"detect_ms",
	"rate",
	"acked",
	"lost",
	"floor_lost",
	"fenced_ms",
	"busy_before",
	"floor_busy_before",
];

const inOneLine = (run: Run, kind: BenchOptions["kind"]): string =>
	[
		...comparedBy(kind).flatMap(([column]) => [
			`floor_${column}`,
			column,
			ratioColumn(column),
		]),
		...MAIN_COLUMNS,
	]
		.filter((name) => run[name] !== undefined)
		.map((name) => `${name} ${run[name]}`)
		.concat(run["failed"] === undefined ? [] : [`FAILED: ${run["failed"]}`])
		.join("  ");
