// One measurement of Baton, on a fresh cluster that it watches.

import { setTimeout as delay } from "node:timers/promises";
import { waitUntil } from "../test/lab/replication.ts";
import { isReadOnly } from "../test/lab/trouble.ts";
import { createBatonRescuer, createBatonSwitcher } from "./baton-at-work.ts";
import { watchLoad } from "./busy.ts";
import { failPrimary } from "./failure-run.ts";
import { integrity } from "./integrity.ts";
import type { BenchOptions } from "./options.ts";
import type { Run } from "./runs.ts";
import { rounded } from "./statistics.ts";
import { takeOver } from "./takeover-run.ts";
import { columnsOf } from "./timeline.ts";
import {
	layWatched,
	type Manager,
	type WatchedCluster,
} from "./watched-cluster.ts";

const FENCED_WITHIN_MS = 20_000;

/** A run that fails is a result too. */
export const batonRun = async (
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
	const rescuer = createBatonRescuer(manager, cluster.identity);
	const result = await failPrimary(cluster.topology, rescuer, {
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
	const switcher = createBatonSwitcher(manager, cluster.identity);
	const result = await takeOver(cluster.topology, switcher, options);
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
