// What watching costs: one poll over a kept connection, as the watcher does it,
// and the start of the command line on a store of a hundred instances.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { documentedDefaults } from "../src/config/keys.ts";
import type { Session } from "../src/mysql/session.ts";
import { openStore } from "../src/store/open-store.ts";
import { unknownInstance } from "../src/topology/instance.ts";
import { ACCOUNTS } from "../test/lab/accounts.ts";
import { createLab } from "../test/lab/lab.ts";
import type { LabServer } from "../test/lab/server.ts";
import { createServerPort } from "../workers/deps.ts";
import type { BenchOptions } from "./options.ts";
import type { Run } from "./runs.ts";
import { rounded } from "./statistics.ts";

const WARM_UP = 200;
/** Polls without a pause, for what a poll costs on average. */
const POLLS = 1_000;
const INSTANCES = 100;
const PROGRAM = fileURLToPath(new URL("../bin/baton", import.meta.url));

/** One run a poll: of the primary, and of a replica; then one for what a thousand of them cost. */
export const measureProbes = async (options: BenchOptions): Promise<Run[]> => {
	const lab = await createLab({ flavor: options.flavor });
	try {
		const { primary, replicas } = await lab.lay({ replicas: 1 });
		const [replica] = replicas;
		const runs: Run[] = [];
		for (const [role, server] of [
			["primary", primary],
			["replica", replica],
		] as const)
			if (server !== undefined)
				runs.push(...(await pollsOf(server, role, options.runs)));
		return runs;
	} finally {
		await lab.stop();
	}
};

const pollsOf = async (
	server: LabServer,
	role: string,
	count: number,
): Promise<Run[]> => {
	const config = {
		...documentedDefaults(),
		MySQLTopologyUser: ACCOUNTS.orchestrator.user,
		MySQLTopologyPassword: ACCOUNTS.orchestrator.password,
		MySQLHostnameResolveMethod: "none" as const,
		DiscoverByShowSlaveHosts: true,
	};
	const port = createServerPort(() => config);
	const counted = counting(await port.open(server.name, "bench"));
	try {
		for (let poll = 0; poll < WARM_UP; poll++)
			await port.probe(counted.session);
		const runs: Run[] = [];
		for (let poll = 0; poll < count; poll++) {
			counted.reset();
			const from = performance.now();
			await port.probe(counted.session);
			runs.push({
				[`${role}_poll_ms`]: rounded(performance.now() - from),
				[`${role}_waiting_for_server_ms`]: rounded(counted.waitedMs()),
				[`${role}_round_trips`]: counted.calls(),
				[`${role}_statements`]: counted.statements(),
			});
		}
		const cost = await costOf(server, () => port.probe(counted.session));
		return [
			...runs,
			Object.fromEntries(
				Object.entries(cost).map(([what, value]) => [`${role}_${what}`, value]),
			),
		];
	} finally {
		counted.session.close();
	}
};

/** What many polls cost: CPU of this process and of the server's, and how long MySQL was busy with their statements. */
const costOf = async (
	server: LabServer,
	poll: () => Promise<unknown>,
): Promise<Record<string, number>> => {
	const isTimed = server.flavor === "mysql";
	const busyFromMs = isTimed ? await busyMs(server) : 0;
	const serverFrom = cpuSeconds(server);
	const from = process.cpuUsage();
	for (let done = 0; done < POLLS; done++) await poll();
	const own = process.cpuUsage(from);
	const perThousand = 1_000 / POLLS;
	return {
		own_cpu_s_per_1000: hundredths(
			((own.user + own.system) / 1e6) * perThousand,
		),
		server_cpu_s_per_1000: hundredths(
			(cpuSeconds(server) - serverFrom) * perThousand,
		),
		...(isTimed && {
			server_busy_ms_per_poll: hundredths(
				((await busyMs(server)) - busyFromMs) / POLLS,
			),
		}),
	};
};

const hundredths = (value: number): number => Math.round(value * 100) / 100;

/** User and system time of the whole process, by proc(5). */
const cpuSeconds = (server: LabServer): number => {
	const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8")
		.replace(/^.*\) /s, "")
		.split(" ");
	return (Number(fields[11]) + Number(fields[12])) / 100;
};

/** How long MySQL has been busy with statements of the topology account. MariaDB does not count those that come several at once. */
const busyMs = async (server: LabServer): Promise<number> => {
	const [row] = await server.query(
		`SELECT SUM(SUM_TIMER_WAIT) / 1e9 AS ms FROM performance_schema.events_statements_summary_by_user_by_event_name
 WHERE USER = '${ACCOUNTS.orchestrator.user}'`,
	);
	return Number(row?.["ms"] ?? 0);
};

/** The same session, with its calls and statements and the time during which at least one was under way. */
const counting = (session: Session) => {
	let calls = 0;
	let statements = 0;
	let open = 0;
	let sinceMs = 0;
	let waitedMs = 0;
	const timed = async <T>(
		count: number,
		work: () => Promise<T>,
	): Promise<T> => {
		calls++;
		statements += count;
		if (open++ === 0) sinceMs = performance.now();
		try {
			return await work();
		} finally {
			if (--open === 0) waitedMs += performance.now() - sinceMs;
		}
	};
	const counted: Session = {
		get server() {
			return session.server;
		},
		get threadId() {
			return session.threadId;
		},
		get maxScaleVersion() {
			return session.maxScaleVersion;
		},
		get isOpen() {
			return session.isOpen;
		},
		get isRetired() {
			return session.isRetired;
		},
		retire: () => session.retire(),
		query: (...args) => timed(1, () => session.query(...args)),
		queryAll: (...args) =>
			timed(args[0].length, () => session.queryAll(...args)),
		ping: (deadlineMs) => session.ping(deadlineMs),
		renew: () => session.renew(),
		giveUp: (fault) => session.giveUp(fault),
		onLost: (listener) => session.onLost(listener),
		close: () => session.close(),
	};
	return {
		session: counted,
		calls: () => calls,
		statements: () => statements,
		waitedMs: () => waitedMs,
		reset: () => {
			calls = 0;
			statements = 0;
			waitedMs = 0;
		},
	};
};

/** Starts of read commands, each a process of its own. */
export const measureCommandLine = async (count: number): Promise<Run[]> => {
	const directory = mkdtempSync(join(tmpdir(), "baton-bench-"));
	try {
		const config = join(directory, "baton.conf.json");
		const file = join(directory, "baton.sqlite3");
		writeFileSync(
			config,
			JSON.stringify({ BackendDB: "sqlite", SQLite3DataFile: file }),
		);
		await fillStore(file);
		return Array.from({ length: count }, () => ({
			cli_help_ms: timeOf(config, "help"),
			cli_clusters_ms: timeOf(config, "-c", "clusters"),
			cli_all_instances_ms: timeOf(config, "-c", "all-instances"),
		}));
	} finally {
		rmSync(directory, { recursive: true, force: true });
	}
};

const fillStore = async (file: string): Promise<void> => {
	const store = await openStore({ file });
	const instances = Array.from({ length: INSTANCES }, (_, index) =>
		unknownInstance(`db${index + 1}.bench`, 3306),
	);
	await store.inventory.save(instances);
	const [first] = instances;
	if (first !== undefined)
		await store.clusters.adopt(
			first.name,
			instances.map(({ name }) => name),
		);
	await store.close();
};

const timeOf = (config: string, ...words: readonly string[]): number => {
	const from = performance.now();
	execFileSync(PROGRAM, ["-config", config, ...words], { stdio: "pipe" });
	return rounded(performance.now() - from);
};
