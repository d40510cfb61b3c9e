import { type ChildProcess, spawn } from "node:child_process";
import {
	createWriteStream,
	existsSync,
	mkdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ACCOUNTS } from "./accounts.ts";
import type { Lab } from "./lab.ts";
import { freePorts } from "./ports.ts";

/** The envelope of the drop-in API. */
export interface Envelope {
	readonly Code: "OK" | "ERROR";
	readonly Message: string;
	readonly Details: unknown;
}

export interface BatonOptions {
	readonly lab: Lab;
	/** Where its store, its Temporal data and its log go; by default a folder of the lab. */
	readonly directory?: string;
	/** Keys on top of the lab's own. */
	readonly config?: Readonly<Record<string, unknown>>;
	/** It is up when this path below /api/ answers 200; default `leader-check`, which only the node that watches does. */
	readonly upAt?: string;
}

/** A Baton node as a process of its own, as a site runs it: `baton http` with a configuration file. */
export interface BatonProcess {
	readonly url: string;
	readonly directory: string;
	readonly configFile: string;
	readonly pid: number;
	/** GET below /api/, whatever the status. */
	get<T = unknown>(path: string): Promise<T>;
	/** One command of the command line against the same store. */
	command(
		...words: readonly string[]
	): Promise<{ code: number; stdout: string; stderr: string }>;
	/** What it wrote so far. */
	output(): string;
	/** SIGKILL to the node alone: its embedded Temporal stays, as after a crash. */
	kill(): Promise<void>;
	/** SIGTERM to the node, and waits for its end: what an orderly restart begins with. */
	terminate(): Promise<void>;
	/** SIGKILL to the embedded Temporal server. */
	killTemporal(): void;
	/** Starts it again on the same data. */
	restart(): Promise<void>;
	/** SIGTERM, and waits until it is gone; its Temporal server is killed, and its data removed. */
	stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("../../bin/baton", import.meta.url));
const UP_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;

/** Settings of every lab installation: names as contacted, replicas by SHOW REPLICAS, automatic recovery on. */
const labConfiguration = (directory: string, port: number, lab: Lab) => ({
	BatonDataDirectory: directory,
	BackendDB: "sqlite",
	SQLite3DataFile: join(directory, "baton.sqlite3"),
	ListenAddress: `127.0.0.1:${port}`,
	MySQLTopologyUser: ACCOUNTS.orchestrator.user,
	MySQLTopologyPassword: ACCOUNTS.orchestrator.password,
	MySQLHostnameResolveMethod: "none",
	DiscoverByShowSlaveHosts: true,
	RecoverMasterClusterFilters: ["*"],
	InstancePollSeconds: 1,
	// MariaDB keeps the replication password in a file: only a configured query can tell it.
	...(lab.flavor === "mariadb"
		? {
				ReplicationCredentialsQuery: `SELECT '${ACCOUNTS.repl.user}', '${ACCOUNTS.repl.password}'`,
			}
		: {}),
});

const run = (words: readonly string[]) =>
	new Promise<{ code: number; stdout: string; stderr: string }>(
		(resolve, reject) => {
			const child = spawn(PROGRAM, words, {
				stdio: ["ignore", "pipe", "pipe"],
			});
			let stdout = "";
			let stderr = "";
			child.stdout.on("data", (chunk: Buffer) => {
				stdout += chunk.toString("utf8");
			});
			child.stderr.on("data", (chunk: Buffer) => {
				stderr += chunk.toString("utf8");
			});
			child.on("error", reject);
			child.on("close", (code) =>
				resolve({ code: code ?? -1, stdout, stderr }),
			);
		},
	);

/** Above every process's id. */
const NOBODY = 2 ** 30;

/**
 * Its Temporal takes the ports that its state file has: the usual ones could go to another installation while it is down. An
 * installation that has a state file keeps its own.
 */
const giveTemporalPorts = async (directory: string): Promise<void> => {
	const folder = join(directory, "temporal");
	const file = join(folder, "server.json");
	if (existsSync(file)) return;
	const [port, uiPort] = await freePorts(2);
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	writeFileSync(
		file,
		JSON.stringify({ pid: NOBODY, startedTicks: "", port, uiPort }),
		{ mode: 0o600 },
	);
};

/** What a node writes when its operations have let go, and all that is left is to close the store and Temporal. */
const LET_GO = "auditType:shutdown";

/** Pid of the embedded Temporal server as its state file has it. */
const temporalPid = (directory: string): number | undefined => {
	const file = join(directory, "temporal", "server.json");
	return existsSync(file)
		? (JSON.parse(readFileSync(file, "utf8")) as { pid: number }).pid
		: undefined;
};

const isAlive = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		// ESRCH: gone.
		return false;
	}
};

export const startBaton = async (
	options: BatonOptions,
): Promise<BatonProcess> => {
	const directory =
		options.directory ?? join(options.lab.directory, `baton-${Date.now()}`);
	mkdirSync(directory, { recursive: true });
	const [port = 0] = await freePorts(1);
	const configFile = join(directory, "baton.conf.json");
	writeFileSync(
		configFile,
		JSON.stringify(
			{ ...labConfiguration(directory, port, options.lab), ...options.config },
			null,
			"\t",
		),
	);
	await giveTemporalPorts(directory);
	const logFile = join(directory, "baton.log");
	const url = `http://127.0.0.1:${port}`;
	let child: ChildProcess;
	let ended: Promise<void>;
	let hasLetGo: Promise<void>;

	const start = async (): Promise<void> => {
		const log = createWriteStream(logFile, { flags: "a" });
		child = spawn(PROGRAM, ["-config", configFile, "http"], {
			stdio: ["ignore", "pipe", "pipe"],
		});
		child.stdout?.pipe(log, { end: false });
		child.stderr?.pipe(log, { end: false });
		const started = child;
		hasLetGo = new Promise((resolve) =>
			started.stderr?.on("data", (chunk: Buffer) => {
				if (chunk.includes(LET_GO)) resolve();
			}),
		);
		ended = new Promise((resolve) =>
			started.once("close", () => {
				log.end();
				resolve();
			}),
		);
		const untilMs = Date.now() + UP_WITHIN_MS;
		for (;;) {
			const answer = await fetch(
				`${url}/api/${options.upAt ?? "leader-check"}`,
			).catch(() => undefined);
			if (answer?.status === 200) return;
			if (started.exitCode !== null || Date.now() > untilMs)
				throw new Error(
					`baton did not come up:\n${readFileSync(logFile, "utf8").slice(-4000)}`,
				);
			await delay(50);
		}
	};

	const killTemporal = (): void => {
		const pid = temporalPid(directory);
		if (pid !== undefined && isAlive(pid)) process.kill(pid, "SIGKILL");
	};

	const stop = async (): Promise<void> => {
		const isUp = () => child.exitCode === null && child.signalCode === null;
		const untilMs = Date.now() + STOP_WITHIN_MS;
		if (isUp()) child.kill("SIGTERM");
		await Promise.race([ended, hasLetGo, delay(STOP_WITHIN_MS)]);
		// An orderly end would take the server a second, for data that nobody reads again.
		killTemporal();
		await Promise.race([ended, delay(untilMs - Date.now())]);
		if (isUp()) child.kill("SIGKILL");
		killTemporal();
		rmSync(join(directory, "temporal"), { recursive: true, force: true });
	};

	try {
		await start();
	} catch (error) {
		await stop();
		throw error;
	}
	return {
		url,
		directory,
		configFile,
		get pid() {
			return child.pid ?? 0;
		},
		get: async <T>(path: string) =>
			(await fetch(`${url}/api/${path}`)).json() as Promise<T>,
		command: (...words) => run(["-config", configFile, ...words]),
		output: () => readFileSync(logFile, "utf8"),
		kill: async () => {
			child.kill("SIGKILL");
			await ended;
		},
		terminate: async () => {
			child.kill("SIGTERM");
			await ended;
		},
		killTemporal,
		restart: start,
		stop,
	};
};
