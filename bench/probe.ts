// What watching costs: one poll over a kept connection, as the watcher does it,
// and the start of the command line on a store of a hundred instances.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

const WARM_UP = 50;
const INSTANCES = 100;
const PROGRAM = fileURLToPath(new URL("../bin/baton", import.meta.url));

/** One run a poll: of the primary, and of a replica. */
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
			const cpuFrom = process.cpuUsage();
			await port.probe(counted.session);
			const wallMs = performance.now() - from;
			const cpu = process.cpuUsage(cpuFrom);
			runs.push({
				[`${role}_poll_ms`]: rounded(wallMs),
				[`${role}_waiting_for_server_ms`]: rounded(counted.waitedMs()),
				[`${role}_own_cpu_ms`]: rounded((cpu.user + cpu.system) / 1000),
				[`${role}_statements`]: counted.statements(),
			});
		}
		return runs;
	} finally {
		counted.session.close();
	}
};

/** The same session, with its statements and the time during which at least one was under way. */
const counting = (session: Session) => {
	let statements = 0;
	let open = 0;
	let sinceMs = 0;
	let waitedMs = 0;
	const counted: Session = {
		get server() {
			return session.server;
		},
		get threadId() {
			return session.threadId;
		},
		get isOpen() {
			return session.isOpen;
		},
		query: async (...args) => {
			statements++;
			if (open++ === 0) sinceMs = performance.now();
			try {
				return await session.query(...args);
			} finally {
				if (--open === 0) waitedMs += performance.now() - sinceMs;
			}
		},
		ping: (deadlineMs) => session.ping(deadlineMs),
		onLost: (listener) => session.onLost(listener),
		close: () => session.close(),
	};
	return {
		session: counted,
		statements: () => statements,
		waitedMs: () => waitedMs,
		reset: () => {
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
