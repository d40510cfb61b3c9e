// Watching many instances: replicas that listen on all of 127.0.0.0/8 are known
// by as many addresses as are asked for, and a real node probes each of them
// every five seconds. The probes are real, the servers behind them few: so each
// has hundreds of connections, which is what makes its own part of the cost
// higher than that of a server with one manager.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client, Connection } from "@temporalio/client";
import SqliteFile from "better-sqlite3";
import { openStore } from "../src/store/open-store.ts";
import type { Check } from "../src/topology/check.ts";
import { unknownInstance } from "../src/topology/instance.ts";
import {
	type InstanceName,
	instanceName,
} from "../src/topology/instance-name.ts";
import { findEmbedded } from "../temporal/embedded.ts";
import { watchWorkflowId } from "../temporal/names.ts";
import { type BatonProcess, startBaton } from "../test/lab/baton-process.ts";
import { createLab, type Lab } from "../test/lab/lab.ts";
import { replicate } from "../test/lab/replication.ts";
import type { LabServer } from "../test/lab/server.ts";
import type { BenchOptions } from "./options.ts";
import { usageOf } from "./process-usage.ts";
import type { Run } from "./runs.ts";
import { distributionOf, rounded } from "./statistics.ts";

const POLL_SECONDS = 5;
/** What one server is asked to pretend. MariaDB sums its status over the threads of all connections, for each probe anew. */
const ADDRESSES_A_SERVER = { mysql: 500, mariadb: 125 };
/** Connections are made and plans are warm before anything is measured. */
const SETTLE_MS = 20_000;
const SAMPLE_MS = 2_000;
const SEEN_EVERY_MS = 500;
const KNOWN_WITHIN_MS = 180_000;

interface Seen {
	readonly name: string;
	readonly check: Check;
}

/** 127.0.1.1, 127.0.1.2 … 127.0.2.1 … */
const addressOf = (index: number): string =>
	`127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`;

export const measureDiscovery = async (
	options: BenchOptions,
	say: (text: string) => void,
): Promise<Run[]> => {
	const lab = await createLab({ flavor: options.flavor });
	try {
		const { primary, replicas } = await layWide(lab, options.instances);
		const directory = join(lab.directory, "node");
		const names = Array.from({ length: options.instances }, (_, index) =>
			instanceName(
				addressOf(index),
				replicas[index % replicas.length]?.port ?? 0,
			),
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
			return [await measure(baton, replicas, names, options.seconds, say)];
		} finally {
			await baton.stop();
		}
	} finally {
		await lab.stop();
	}
};

const layWide = async (lab: Lab, instances: number) => {
	const primary = await lab.startServer({ readOnlyAtStart: false });
	const replicas: LabServer[] = [];
	const addresses = ADDRESSES_A_SERVER[lab.flavor];
	const servers = Math.ceil(instances / addresses);
	for (let index = 0; index < servers; index++) {
		const replica = await lab.startServer({
			extraOptions: {
				bind_address: "0.0.0.0",
				max_connections: 2 * addresses + 200,
				back_log: addresses,
				open_files_limit: 8 * addresses,
			},
		});
		await replicate(replica, primary);
		replicas.push(replica);
	}
	return { primary, replicas };
};

const fillStore = async (
	directory: string,
	primary: InstanceName,
	names: readonly InstanceName[],
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

/** The checks of all instances as the store has them: read past the store's own code, so that looking costs the machine little. */
const openChecks = (baton: BatonProcess) => {
	const file = new SqliteFile(join(baton.directory, "baton.sqlite3"), {
		readonly: true,
	});
	const select = file.prepare<[], { name: string; probe: string }>(
		"select hostname || ':' || port as name, probe from baton_instance where probe <> ''",
	);
	return {
		read: (): Seen[] =>
			select
				.all()
				.map(({ name, probe }) => ({ name, check: JSON.parse(probe) })),
		close: () => file.close(),
	};
};

/** Counts good checks by the times that the store has of them; none is missed between two samples closer than a poll. */
const createCounter = () => {
	const last = new Map<string, number>();
	let count = 0;
	const latencies: number[] = [];
	return {
		sample: (instances: readonly Seen[]): void => {
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

const areSeen = (seen: readonly Seen[], wanted: ReadonlySet<string>): boolean =>
	seen.filter(({ name, check }) => wanted.has(name) && check.outcome === "ok")
		.length === wanted.size;

const temporalPidOf = (baton: BatonProcess): number =>
	(
		JSON.parse(
			readFileSync(join(baton.directory, "temporal", "server.json"), "utf8"),
		) as { pid: number }
	).pid;

const measure = async (
	baton: BatonProcess,
	replicas: readonly LabServer[],
	names: readonly string[],
	seconds: number,
	say: (text: string) => void,
): Promise<Run> => {
	const wanted = new Set(names);
	const startedMs = performance.now();
	const checks = openChecks(baton);
	while (!areSeen(checks.read(), wanted)) {
		if (performance.now() - startedMs > KNOWN_WITHIN_MS)
			throw new Error(
				`not all of ${names.length} instances were seen:\n${baton.output().slice(-2000)}`,
			);
		await delay(SEEN_EVERY_MS);
	}
	const seenMs = performance.now() - startedMs;
	say(`all seen after ${rounded(seenMs / 1000)} s; measuring ${seconds} s`);
	await delay(SETTLE_MS);
	const counter = createCounter();
	counter.sample(checks.read());
	const eventsBefore = await eventsOf(baton);
	const usage = () => ({
		node: usageOf(baton.pid),
		temporal: usageOf(temporalPidOf(baton)),
		servers: replicas.reduce(
			(sum, { pid }) => sum + usageOf(pid ?? 0).cpuSeconds,
			0,
		),
	});
	const before = usage();
	const fromMs = performance.now();
	while (performance.now() - fromMs < seconds * 1000) {
		await delay(SAMPLE_MS);
		counter.sample(checks.read());
	}
	const elapsedS = (performance.now() - fromMs) / 1000;
	checks.close();
	const after = usage();
	const node = after.node.cpuSeconds - before.node.cpuSeconds;
	const server = after.servers - before.servers;
	const temporal = after.temporal.cpuSeconds - before.temporal.cpuSeconds;
	const probes = counter.count();
	const latency = distributionOf(counter.latencies());
	const perThousand = (cpuSeconds: number): number =>
		Math.round((cpuSeconds / probes) * 1_000 * 100) / 100;
	return {
		instances: names.length,
		servers: replicas.length,
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
		baton_rss_mb: Math.round(after.node.residentMb),
		temporal_rss_mb: Math.round(after.temporal.residentMb),
		watch_events: (await eventsOf(baton)) - eventsBefore,
	};
};
