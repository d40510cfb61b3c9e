// So many runs of one kind, each on a fresh cluster. A run that fails is a
// result too: it stays in the list with its reason.

import { setTimeout as delay } from "node:timers/promises";
import { waitUntil } from "../test/lab/replication.ts";
import { isReadOnly } from "../test/lab/trouble.ts";
import { waitIdle, watchLoad } from "./busy.ts";
import type { DataCheck } from "./convergence.ts";
import { failPrimary } from "./failure-run.ts";
import type { BenchOptions } from "./options.ts";
import { rounded } from "./statistics.ts";
import { takeOver } from "./takeover-run.ts";
import { columnsOf } from "./timeline.ts";
import {
	layWatched,
	type Manager,
	startManager,
	type WatchedCluster,
} from "./watched-cluster.ts";

/** Numbers by name, and in `failed` the reason of a run that did not come to a good end. */
export type Run = Readonly<Record<string, number | string>>;

/** Share of all cores in use. */
const IDLE = 0.15;
const IDLE_WITHIN_MS = 60_000;
const FENCED_WITHIN_MS = 20_000;

export const performRuns = async (
	options: BenchOptions,
	log: (text: string) => void,
): Promise<Run[]> => {
	const runs: Run[] = [];
	let shared: Manager | undefined;
	try {
		for (let number = 1; number <= options.runs; number++) {
			if (options.whenIdle) await waitIdle(IDLE, IDLE_WITHIN_MS);
			const manager = shared ?? (await startManager(options.flavor));
			if (options.sharedBaton) shared = manager;
			const run = await performRun(manager, options);
			if (!options.sharedBaton) await manager.stop();
			runs.push(run);
			log(`${number}/${options.runs}  ${inOneLine(run)}`);
		}
	} finally {
		await shared?.stop();
	}
	return runs;
};

const performRun = async (
	manager: Manager,
	options: BenchOptions,
): Promise<Run> => {
	let cluster: WatchedCluster | undefined;
	try {
		cluster = await layWatched(manager, options);
		return options.kind === "takeover"
			? await takeoverRun(manager, cluster, options)
			: await failureRun(manager, cluster, options);
	} catch (error) {
		return { failed: error instanceof Error ? error.message : String(error) };
	} finally {
		await cluster?.stop();
	}
};

const failureRun = async (
	manager: Manager,
	cluster: WatchedCluster,
	options: BenchOptions,
): Promise<Run> => {
	const failure = options.kind === "hang" ? "hang" : "kill";
	const busy = { before: 0 };
	const result = await failPrimary(manager, cluster, {
		failure,
		rate: options.rate,
		whenToFail: async () => {
			const busyNow = watchLoad();
			await delay(options.settleMs);
			busy.before = busyNow();
		},
	});
	const columns = columnsOf(result.record, result.failedAtMs);
	return {
		first_write_ms: rounded(result.firstWriteAtMs - result.failedAtMs),
		detect_ms: columns["detect_ms"] ?? Number.NaN,
		repointed_ms: columns["repointed_ms"] ?? Number.NaN,
		acked: result.acknowledged,
		unknown: result.unknown,
		busy_before: busy.before,
		...integrity(result.data, options.semiSync),
		...columns,
		...(failure === "hang" ? await fencedAfter(cluster) : {}),
	};
};

/** The old primary wakes up: how long until it refuses writes. The failover's own figures stand whatever comes of it. */
const fencedAfter = async ({
	topology: { primary },
}: WatchedCluster): Promise<Run> => {
	primary.resume();
	const from = performance.now();
	try {
		await waitUntil(
			`${primary.name} to be read-only after its return`,
			() => isReadOnly(primary),
			FENCED_WITHIN_MS,
		);
		return { fenced_ms: rounded(performance.now() - from) };
	} catch (error) {
		return { failed: (error as Error).message };
	}
};

const takeoverRun = async (
	manager: Manager,
	cluster: WatchedCluster,
	options: BenchOptions,
): Promise<Run> => {
	const result = await takeOver(manager, cluster, options);
	const columns = columnsOf(result.record, result.askedAtMs);
	return {
		gap_ms: rounded(result.gapMs),
		total_ms: rounded(result.totalMs),
		followers_ms: columns["repointed_ms"] ?? Number.NaN,
		acked: result.acknowledged,
		...integrity(result.data, true),
		busy_before: result.busyBefore,
		calm_gap_ms: rounded(result.calmGapMs),
		rate: rounded(result.rate),
		...columns,
	};
};

/** Without semi-sync lost writes are a figure; with it they are a failure, and so are servers that differ. */
const integrity = (data: DataCheck, semiSync: boolean): Run => {
	const troubles = [
		...data.differing,
		...(data.duplicated.length === 0 ? [] : ["rows are there twice"]),
		...(semiSync && data.missingAcknowledged.length > 0
			? [`${data.missingAcknowledged.length} acknowledged writes are missing`]
			: []),
	];
	return {
		lost: data.missingAcknowledged.length,
		...(troubles.length === 0 ? {} : { failed: troubles.join("; ") }),
	};
};

const MAIN_COLUMNS = [
	"first_write_ms",
	"detect_ms",
	"repointed_ms",
	"gap_ms",
	"total_ms",
	"followers_ms",
	"rate",
	"acked",
	"lost",
	"fenced_ms",
	"busy_before",
];

const inOneLine = (run: Run): string =>
	[
		...MAIN_COLUMNS.filter((name) => run[name] !== undefined).map(
			(name) => `${name} ${run[name]}`,
		),
		...(run["failed"] === undefined ? [] : [`FAILED: ${run["failed"]}`]),
	].join("  ");
