// One real mysqld of a lab: started, hit, and asked.

import { spawn } from "node:child_process";
import {
	existsSync,
	mkdirSync,
	openSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "mysql2/promise";
import type { ServerFlavor, ServerProgram } from "../../setup/locate.mjs";
import {
	type InstanceName,
	instanceName,
} from "../../src/topology/instance-name.ts";
import type { AccountName } from "./accounts.ts";
import { connectTo, type Row, rowsOf } from "./connection.ts";
import {
	identify,
	isAlive,
	type ProcessIdentity,
	signal,
	stopAtOnce,
	waitGone,
} from "./owned-process.ts";

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 20_000;

/** What is kept in the server's folder, for a later process to find it. */
export interface ServerRecord {
	readonly flavor: ServerFlavor;
	readonly serverId: number;
	readonly port: number;
	readonly process: ProcessIdentity | undefined;
}

export interface LabServer {
	readonly flavor: ServerFlavor;
	readonly serverId: number;
	readonly name: InstanceName;
	readonly host: string;
	readonly port: number;
	readonly directory: string;
	readonly socket: string;
	/** undefined while the server is not running. */
	readonly pid: number | undefined;
	isRunning(): boolean;
	/** Starts it when it is down; answers when it accepts connections. */
	start(): Promise<void>;
	/** SIGTERM, and SIGKILL when that takes over 20 s. */
	stop(): Promise<void>;
	/** stop() when it runs, then start(). */
	restart(): Promise<void>;
	/** SIGKILL; answers when the process is gone. */
	kill(): Promise<void>;
	/** SIGSTOP: hung, while its connections stay up. */
	pause(): void;
	/** SIGCONT */
	resume(): void;
	/** `root` (the default) goes through the socket, the others over TCP. */
	connect(as?: AccountName): Promise<Connection>;
	/** Runs one statement on a connection of its own. */
	query(sql: string, as?: AccountName): Promise<Row[]>;
	/** The last lines of the error log. */
	errorLog(lines?: number): string;
}

/** Makes the object for a folder that holds data, an option file and a record. */
export function createServer(
	program: ServerProgram,
	directory: string,
): LabServer {
	let record = readRecord(directory);
	const socket = join(directory, "mysqld.sock");
	const place = { host: "127.0.0.1", port: record.port, socket };

	function running(): ProcessIdentity | undefined {
		return record.process !== undefined && isAlive(record.process)
			? record.process
			: undefined;
	}

	function mustRun(): ProcessIdentity {
		const owned = running();
		if (owned === undefined) throw new Error(`${server.name} is not running`);
		return owned;
	}

	const server: LabServer = {
		flavor: record.flavor,
		serverId: record.serverId,
		name: instanceName(place.host, record.port),
		host: place.host,
		port: record.port,
		directory,
		socket,
		get pid() {
			return running()?.pid;
		},
		isRunning: () => running() !== undefined,
		async start() {
			if (running() !== undefined) return;
			record = { ...record, process: launch(program, directory) };
			writeRecord(directory, record);
			await waitReady(server);
		},
		async stop() {
			const owned = running();
			if (owned === undefined) return;
			signal(owned, "SIGCONT");
			signal(owned, "SIGTERM");
			if (await waitGone(owned, STOP_DEADLINE_MS)) return;
			await server.kill();
		},
		async restart() {
			await server.stop();
			await server.start();
		},
		async kill() {
			const owned = running();
			if (owned === undefined) return;
			signal(owned, "SIGKILL");
			if (!(await waitGone(owned, STOP_DEADLINE_MS)))
				throw new Error(`${server.name} did not end on SIGKILL`);
		},
		pause: () => stopAtOnce(mustRun()),
		resume: () => {
			signal(mustRun(), "SIGCONT");
		},
		connect: (as = "root") => connectTo(place, as),
		async query(sql, as = "root") {
			const connection = await connectTo(place, as);
			try {
				return await rowsOf(connection, sql);
			} finally {
				connection.destroy();
			}
		},
		errorLog: (lines = 20) => logTail(directory, lines),
	};
	return server;
}

export function writeRecord(directory: string, record: ServerRecord): void {
	writeFileSync(join(directory, "server.json"), JSON.stringify(record));
}

export function readRecord(directory: string): ServerRecord {
	return JSON.parse(
		readFileSync(join(directory, "server.json"), "utf8"),
	) as ServerRecord;
}

/** In a session of its own, so that Ctrl-C reaches the lab's owner only. */
function launch(program: ServerProgram, directory: string): ProcessIdentity {
	for (const file of ["mysqld.sock", "mysqld.sock.lock"])
		rmSync(join(directory, file), { force: true });
	mkdirSync(join(directory, "tmp"), { recursive: true });
	const log = openSync(join(directory, "output.log"), "a");
	const child = spawn(
		program.program,
		[
			...program.argsPrefix,
			`--defaults-file=${join(directory, "my.cnf")}`,
			...program.baseArgs,
		],
		{ cwd: directory, detached: true, stdio: ["ignore", log, log] },
	);
	child.on("error", () => {
		// Without a pid below; the message there names the program.
	});
	child.unref();
	if (child.pid === undefined)
		throw new Error(`could not start ${program.program}`);
	return identify(child.pid);
}

async function waitReady(server: LabServer): Promise<void> {
	const end = performance.now() + START_DEADLINE_MS;
	for (;;) {
		try {
			await server.query("SELECT 1");
			return;
		} catch (error) {
			if (server.isRunning() && performance.now() < end) {
				await sleep(20);
				continue;
			}
			const what = server.isRunning()
				? `not ready after ${START_DEADLINE_MS} ms`
				: "ended while starting";
			throw new Error(`${server.name} ${what}\n${server.errorLog()}`, {
				cause: error,
			});
		}
	}
}

function logTail(directory: string, lines: number): string {
	return ["output.log", "error.log"]
		.map((file) => join(directory, file))
		.filter((path) => existsSync(path))
		.map((path) =>
			readFileSync(path, "utf8").trimEnd().split("\n").slice(-lines).join("\n"),
		)
		.join("\n");
}
