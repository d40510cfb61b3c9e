// Watching many instances: one replica that listens on all of 127.0.0.0/8 is
// known by as many addresses as are asked for, and a real node probes each of
// them every five seconds. The probes are real, the servers behind them few.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client, Connection } from "@temporalio/client";
import { openStore } from "../src/store/open-store.ts";
import type { Instance } from "../src/topology/instance.ts";
import { unknownInstance } from "../src/topology/instance.ts";
import { findEmbedded } from "../temporal/embedded.ts";
import { watchWorkflowId } from "../temporal/names.ts";
import { type BatonProcess, startBaton } from "../test/lab/baton-process.ts";
import { createLab, type Lab } from "../test/lab/lab.ts";
import { replicate, waitUntil } from "../test/lab/replication.ts";
import type { LabServer } from "../test/lab/server.ts";
import type { BenchOptions } from "./options.ts";
import { usageOf } from "./process-usage.ts";
import type { Run } from "./runs.ts";
import { distributionOf, rounded } from "./statistics.ts";

const POLL_SECONDS = 5;
/** Connections are made and plans are warm before anything is measured. */
const SETTLE_MS = 20_000;
const SAMPLE_MS = 2_000;
const KNOWN_WITHIN_MS = 180_000;

/** 127.0.1.1, 127.0.1.2 … 127.0.2.1 … */
const addressOf = (index: number): string =>
	`127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`;

export const measureDiscovery = async (
	options: BenchOptions,
	say: (text: string) => void,
): Promise<Run[]> => {
	const lab = await createLab({ flavor: options.flavor });
	try {
		const { primary, replica } = await layWide(lab, options.instances);
		const directory = join(lab.directory, "node");
		const names = Array.from(
			{ length: options.instances },
			(_, index) => `${addressOf(index)}:${replica.port}`,
		);
		await fillStore(directory, primary.name, names);
		const baton = await startBaton({
			lab,
			directory,
			config: {
				InstancePollSeconds: POLL_SECONDS,
				HostnameResolveMethod: "none",
				DiscoverByShowSlaveHosts: true,
				RecoverMasterClusterFilters: [],
			},
		});
		try {
			return [await measure(baton, replica, names, options.seconds, say)];
		} finally {
			await baton.stop();
		}
	} finally {
		await lab.stop();
	}
};

const layWide = async (lab: Lab, instances: number) => {
	const primary = await lab.startServer({ readOnlyAtStart: false });
	const replica = await lab.startServer({
		extraOptions: {
			bind_address: "0.0.0.0",
			max_connections: instances + 200,
			back_log: 2_000,
			open_files_limit: 2 * instances + 2_000,
			thread_stack: lab.flavor === "mysql" ? "512K" : "256K",
		},
	});
	await replicate(replica, primary);
	return { primary, replica };
};

const fillStore = async (
	directory: string,
	primary: string,
	names: readonly string[],
): Promise<void> => {
	mkdirSync(directory, { recursive: true });
	const store = await openStore({ file: join(directory, "baton.sqlite3") });
	const all = [primary, ...names];
	await store.inventory.save(
		all.map((name) => {
			const [host = "", port = ""] = name.split(":");
			return unknownInstance(host, Number(port));
		}),
	);
	await store.clusters.adopt(primary, all);
	await store.close();
};

const inventoryOf = async (baton: BatonProcess): Promise<Instance[]> => {
	const store = await openStore({
		file: join(baton.directory, "baton.sqlite3"),
		readOnly: true,
	});
	try {
		return await store.inventory.all();
	} finally {
		await store.close();
	}
};

/** Counts good checks by the times that the store has of them; none is missed between two samples closer than a poll. */
const createCounter = () => {
	const last = new Map<string, number>();
	let count = 0;
	const latencies: number[] = [];
	return {
		sample: (instances: readonly Instance[]): void => {
			for (const { name, check } of instances) {
				const before = last.get(name);
				last.set(name, check.seenAtMs);
				if (before === undefined || before === check.seenAtMs) continue;
				count++;
				latencies.push(check.latencyMs);
			}
		},
		count: () => count,
		latencies: () => latencies,
	};
};

const eventsOf = async (baton: BatonProcess): Promise<number> => {
	const embedded = await findEmbedded(join(baton.directory, "temporal"));
	if (embedded === undefined) throw new Error("Temporal is not there");
	const connection = await Connection.connect({ address: embedded.address });
	try {
		const { historyLength } = await new Client({ connection }).workflow
			.getHandle(watchWorkflowId(0))
			.describe();
		return historyLength;
	} finally {
		await connection.close();
	}
};

const temporalPidOf = (baton: BatonProcess): number =>
	(
		JSON.parse(
			readFileSync(join(baton.directory, "temporal", "server.json"), "utf8"),
		) as { pid: number }
	).pid;

const measure = async (
	baton: BatonProcess,
	replica: LabServer,
	names: readonly string[],
	seconds: number,
	say: (text: string) => void,
): Promise<Run> => {
	const wanted = new Set(names);
	const startedMs = performance.now();
	await waitUntil(
		`${names.length} instances seen`,
		async () =>
			(await inventoryOf(baton)).filter(
				({ name, check }) => wanted.has(name) && check.outcome === "ok",
			).length === names.length,
		KNOWN_WITHIN_MS,
	);
	const seenMs = performance.now() - startedMs;
	say(`all seen after ${rounded(seenMs / 1000)} s; measuring ${seconds} s`);
	await delay(SETTLE_MS);
	const counter = createCounter();
	counter.sample(await inventoryOf(baton));
	const eventsBefore = await eventsOf(baton);
	const pids = [baton.pid, replica.pid ?? 0, temporalPidOf(baton)];
	const before = pids.map(usageOf);
	const fromMs = performance.now();
	while (performance.now() - fromMs < seconds * 1000) {
		await delay(SAMPLE_MS);
		counter.sample(await inventoryOf(baton));
	}
	const elapsedS = (performance.now() - fromMs) / 1000;
	const after = pids.map(usageOf);
	const [node = 0, server = 0, temporal = 0] = after.map(
		(usage, index) => usage.cpuSeconds - (before[index]?.cpuSeconds ?? 0),
	);
	const probes = counter.count();
	const latency = distributionOf(counter.latencies());
	const perThousand = (cpuSeconds: number): number =>
		Math.round((cpuSeconds / probes) * 1_000 * 100) / 100;
	return {
		instances: names.length,
		all_seen_after_s: rounded(seenMs / 1000),
		probes,
		probes_a_second: rounded(probes / elapsedS),
		baton_cpu_s_per_1000: perThousand(node),
		server_cpu_s_per_1000: perThousand(server),
		baton_cores: Math.round((node / elapsedS) * 100) / 100,
		server_cores: Math.round((server / elapsedS) * 100) / 100,
		temporal_cores: Math.round((temporal / elapsedS) * 100) / 100,
		latency_median_ms: latency?.median ?? 0,
		latency_p95_ms: latency?.p95 ?? 0,
		latency_max_ms: latency?.max ?? 0,
		baton_rss_mb: Math.round(after[0]?.residentMb ?? 0),
		watch_events: (await eventsOf(baton)) - eventsBefore,
	};
};
