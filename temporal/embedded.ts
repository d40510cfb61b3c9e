import { spawn } from "node:child_process";
import {
	closeSync,
	existsSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	renameSync,
	writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BatonError, errorText } from "../src/errors.ts";

/**
 * The embedded Temporal server: `temporal server start-dev` as a child of this node, its data in a SQLite file, so that
 * what runs survives both. A server that outlived its node (kill -9) is found again by its state file and used.
 * The settings are those of temporal.md §1, measured there.
 */
export interface EmbeddedOptions {
	/** The `temporal` program. */
	readonly program: string;
	/** Where its database, its log and its state file are. */
	readonly directory: string;
	readonly namespace: string;
	readonly log: { info(text: string): void; warn(text: string): void };
}

export interface Embedded {
	readonly address: string;
	readonly uiAddress: string;
	/** Ends the server; one that was found running is ended too, since it was this installation's. */
	stop(): Promise<void>;
}

interface Ports {
	readonly port: number;
	readonly uiPort: number;
}

interface State extends Ports {
	readonly pid: number;
	/** Start time of the process in clock ticks: tells it from another process that got its id. */
	readonly startedTicks: string;
}

const DYNAMIC_CONFIG = [
	"history.transferProcessorMaxPollRPS=1000",
	"history.timerProcessorMaxPollRPS=1000",
	"system.enableActivityEagerExecution=true",
	'history.timerProcessorMaxTimeShift="100ms"',
	"matching.numTaskqueueReadPartitions=1",
	"matching.numTaskqueueWritePartitions=1",
];

const PREFERRED_PORT = 7233;
const UP_WITHIN_MS = 15_000;

const startedTicks = (pid: number): string | undefined => {
	try {
		return readFileSync(`/proc/${pid}/stat`, "utf8")
			.split(") ")[1]
			?.split(" ")[19];
	} catch {
		// No such process, or no /proc: then only the port tells.
		return undefined;
	}
};

const isListening = (port: number): Promise<boolean> =>
	new Promise((resolve) => {
		const socket = connect({ host: "127.0.0.1", port });
		const end = (up: boolean) => {
			socket.destroy();
			resolve(up);
		};
		socket.once("connect", () => end(true));
		socket.once("error", () => end(false));
		socket.setTimeout(500, () => end(false));
	});

/** Whether it is this process that listens there: another server may have been quicker with the port. Linux tells; elsewhere the port must do. */
const listensOn = (pid: number, port: number): boolean => {
	const hex = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
	try {
		const inodes = new Set(
			["tcp", "tcp6"].flatMap((table) =>
				readFileSync(`/proc/${pid}/net/${table}`, "utf8")
					.split("\n")
					.map((line) => line.trim().split(/\s+/))
					.filter((cells) => cells[1]?.endsWith(hex) && cells[3] === "0A")
					.map((cells) => `socket:[${cells[9]}]`),
			),
		);
		return readdirSync(`/proc/${pid}/fd`).some((fd) =>
			inodes.has(linkOf(`/proc/${pid}/fd/${fd}`)),
		);
	} catch {
		// No /proc: macOS and others.
		return !existsSync("/proc/self");
	}
};

const linkOf = (path: string): string => {
	try {
		return readlinkSync(path);
	} catch {
		// Closed in between.
		return "";
	}
};

const isFree = (port: number): Promise<boolean> =>
	new Promise((resolve) => {
		const server = createServer();
		server.once("error", () => resolve(false));
		server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
	});

const anyFreePort = (): Promise<number> =>
	new Promise((resolve, reject) => {
		const server = createServer();
		server.once("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const address = server.address();
			server.close(() =>
				typeof address === "object" && address !== null
					? resolve(address.port)
					: reject(new Error("no free port")),
			);
		});
	});

const end = (pid: number, signal: NodeJS.Signals): void => {
	try {
		process.kill(pid, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
	}
};

const stateFile = (directory: string): string => join(directory, "server.json");

const readState = (directory: string): State | undefined => {
	try {
		return JSON.parse(readFileSync(stateFile(directory), "utf8")) as State;
	} catch {
		// None yet, or cut off while it was written: a new server is started.
		return undefined;
	}
};

const isOurs = (state: State): boolean =>
	startedTicks(state.pid) === state.startedTicks;

/** The server of this directory if it runs, whoever started it. */
export const findEmbedded = async (
	directory: string,
): Promise<Pick<Embedded, "address" | "uiAddress"> | undefined> => {
	const state = readState(directory);
	return state !== undefined && isOurs(state) && (await isListening(state.port))
		? addresses(state)
		: undefined;
};

const addresses = (state: Pick<State, "port" | "uiPort">) => ({
	address: `127.0.0.1:${state.port}`,
	uiAddress: `http://127.0.0.1:${state.uiPort}`,
});

/** The ports that this installation had last, so that links stay good; else the usual ones; else any. */
const choosePorts = async (directory: string): Promise<Ports> => {
	const last = readState(directory);
	for (const wish of [
		last,
		{ port: PREFERRED_PORT, uiPort: PREFERRED_PORT + 1000 },
	])
		if (
			wish !== undefined &&
			(await isFree(wish.port)) &&
			(await isFree(wish.uiPort))
		)
			return wish;
	return { port: await anyFreePort(), uiPort: await anyFreePort() };
};

/** @param ports where clients expect it; without, the usual ones or any */
const launch = async (
	options: EmbeddedOptions,
	ports?: Ports,
): Promise<State> => {
	const { port, uiPort } = ports ?? (await choosePorts(options.directory));
	const output = openSync(join(options.directory, "server.log"), "a");
	const child = spawn(
		options.program,
		[
			"server",
			"start-dev",
			"--ip",
			"127.0.0.1",
			"--port",
			String(port),
			"--ui-port",
			String(uiPort),
			"--namespace",
			options.namespace,
			"--db-filename",
			join(options.directory, "temporal.db"),
			"--sqlite-pragma",
			"journal_mode=wal",
			"--sqlite-pragma",
			"synchronous=normal",
			"--log-level",
			"warn",
			...DYNAMIC_CONFIG.flatMap((each) => ["--dynamic-config-value", each]),
		],
		// Its own process group: Ctrl-C ends the node first, which then ends its server.
		{ detached: true, stdio: ["ignore", output, output] },
	);
	closeSync(output);
	const failed = new Promise<never>((_, reject) => {
		child.once("error", (error) =>
			reject(
				new BatonError(
					"SetupMissing",
					`${options.program} cannot be started: ${error.message}`,
				),
			),
		);
		child.once("exit", (code) =>
			reject(
				new BatonError(
					"TemporalUnavailable",
					`the embedded Temporal ended at once (${code}); see ${join(options.directory, "server.log")}`,
				),
			),
		);
	});
	failed.catch(() => undefined);
	child.unref();
	if (child.pid === undefined) return failed;
	const state: State = {
		pid: child.pid,
		port,
		uiPort,
		startedTicks: startedTicks(child.pid) ?? "",
	};
	writeFileSync(`${stateFile(options.directory)}.new`, JSON.stringify(state));
	renameSync(
		`${stateFile(options.directory)}.new`,
		stateFile(options.directory),
	);
	await Promise.race([failed, listening(child.pid, port)]);
	return state;
};

const MOST_LAUNCHES = 4;

/** Two servers that start in one moment may choose the same port: the slower one ends, and tries another. */
const launchFirst = async (options: EmbeddedOptions): Promise<State> => {
	for (let round = 1; ; round++)
		try {
			return await launch(
				options,
				round === 1
					? undefined
					: { port: await anyFreePort(), uiPort: await anyFreePort() },
			);
		} catch (error) {
			const isOver =
				error instanceof BatonError && error.code === "SetupMissing";
			if (isOver || round === MOST_LAUNCHES) throw error;
			options.log.warn(`${errorText(error)}; trying other ports`);
		}
};

const listening = async (pid: number, port: number): Promise<void> => {
	const untilMs = Date.now() + UP_WITHIN_MS;
	while (!(listensOn(pid, port) && (await isListening(port)))) {
		if (Date.now() > untilMs)
			throw new BatonError(
				"TemporalUnavailable",
				`the embedded Temporal does not listen on port ${port} after ${UP_WITHIN_MS / 1000} s`,
			);
		await delay(20);
	}
};

/** Starts the server, or takes up the one that runs, and starts it again whenever it ends. */
export const startEmbedded = async (
	options: EmbeddedOptions,
): Promise<Embedded> => {
	mkdirSync(options.directory, { recursive: true, mode: 0o700 });
	const known = readState(options.directory);
	let state: State;
	if (known !== undefined && isOurs(known) && (await isListening(known.port))) {
		options.log.info(
			`found the embedded Temporal of before at 127.0.0.1:${known.port}`,
		);
		state = known;
	} else state = await launchFirst(options);
	let stopping = false;
	const watching = (async () => {
		while (!stopping) {
			await delay(250);
			if (stopping || isOurs(state)) continue;
			options.log.warn(
				"blind: the embedded Temporal has ended; starting it again",
			);
			try {
				// At the same address: the node is connected to it.
				state = await launch(options, state);
				options.log.info(
					`the embedded Temporal is back at 127.0.0.1:${state.port}`,
				);
			} catch (error) {
				options.log.warn(
					`blind: the embedded Temporal does not come up: ${errorText(error)}`,
				);
				await delay(1_000);
			}
		}
	})();
	return {
		...addresses(state),
		stop: async () => {
			stopping = true;
			await watching;
			if (!isOurs(state)) return;
			end(state.pid, "SIGTERM");
			for (let round = 0; round < 100 && isOurs(state); round++)
				await delay(50);
			if (isOurs(state)) end(state.pid, "SIGKILL");
		},
	};
};
