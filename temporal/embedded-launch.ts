import { type ChildProcess, spawn } from "node:child_process";
import {
	closeSync,
	openSync,
	readFileSync,
	renameSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BatonError, errors, errorText } from "../src/errors.ts";
import {
	anyFreePort,
	isFree,
	isListening,
	listensOn,
	startedTicks,
} from "./server-process.ts";

interface Ports {
	readonly port: number;
	readonly uiPort: number;
}

/** The server of a directory, as its state file has it. */
export interface State extends Ports {
	readonly pid: number;
	/** Start time of the process in clock ticks: tells it from another process that got its id. */
	readonly startedTicks: string;
}

export interface LaunchOptions {
	/** The `temporal` program. */
	readonly program: string;
	/** Where its database, its log and its state file are. */
	readonly directory: string;
	readonly namespace: string;
	readonly log: { info(text: string): void; warn(text: string): void };
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

const stateFile = (directory: string): string => join(directory, "server.json");

export const readState = (directory: string): State | undefined => {
	try {
		return JSON.parse(readFileSync(stateFile(directory), "utf8")) as State;
	} catch {
		// None yet, or cut off while it was written: a new server is started.
		return undefined;
	}
};

export const isOurs = (state: State): boolean =>
	startedTicks(state.pid) === state.startedTicks;

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

const listening = async (pid: number, port: number): Promise<void> => {
	const untilMs = Date.now() + UP_WITHIN_MS;
	while (!(listensOn(pid, port) && (await isListening(port)))) {
		if (Date.now() > untilMs)
			throw errors.temporalNotListening({ port, seconds: UP_WITHIN_MS / 1000 });
		await delay(20);
	}
};

/**
 * What the server writes is for its owner alone: it holds every operation with its pictures of the servers. Its database must
 * not be made beforehand, or it would lack its tables; a child has the umask of the moment in which it is started.
 */
const spawnPrivately = (
	program: string,
	words: readonly string[],
	output: number,
): ChildProcess => {
	const before = process.umask(0o077);
	try {
		// Its own process group: Ctrl-C ends the node first, which then ends its server.
		return spawn(program, words, {
			detached: true,
			stdio: ["ignore", output, output],
		});
	} finally {
		process.umask(before);
	}
};

/**
 * Starts the server and waits until it listens.
 * @param ports where clients expect it; without, the usual ones or any
 * @throws BatonError SetupMissing or TemporalUnavailable
 */
export const launch = async (
	options: LaunchOptions,
	ports?: Ports,
): Promise<State> => {
	const { port, uiPort } = ports ?? (await choosePorts(options.directory));
	const output = openSync(join(options.directory, "server.log"), "a", 0o600);
	const child = spawnPrivately(
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
		output,
	);
	closeSync(output);
	const failed = new Promise<never>((_, reject) => {
		child.once("error", (error) =>
			reject(
				errors.temporalNotStarted({
					program: options.program,
					why: error.message,
				}),
			),
		);
		child.once("exit", (code) =>
			reject(
				errors.temporalEnded({
					status: String(code),
					log: join(options.directory, "server.log"),
				}),
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
	writeFileSync(`${stateFile(options.directory)}.new`, JSON.stringify(state), {
		mode: 0o600,
	});
	renameSync(
		`${stateFile(options.directory)}.new`,
		stateFile(options.directory),
	);
	await Promise.race([failed, listening(child.pid, port)]);
	return state;
};

const MOST_LAUNCHES = 4;

/** Two servers that start in one moment may choose the same port: the slower one ends, and tries another. */
export const launchFirst = async (options: LaunchOptions): Promise<State> => {
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
