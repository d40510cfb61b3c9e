// A lab: real servers in a folder of their own, on free ports of the loopback.
//
// Invariants:
// 1. Only processes that this lab started are ever signalled: their id and
//    start time are written down in the lab's folder.
// 2. A lab that is not kept ends with its owner. When the owner is killed, the
//    next lab, or `lab down`, cleans up after it.

import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
	locateMariadb,
	locateMysql,
	type ServerFlavor,
	type ServerProgram,
} from "../../setup/locate.mjs";
import { type LayOptions, layTopology, type Topology } from "./laying.ts";
import { type ProcessIdentity, signal, waitGone } from "./owned-process.ts";
import { freePorts } from "./ports.ts";
import { forgetLab, recordLab, sweepAbandonedLabs } from "./registry.ts";
import {
	createServer,
	type LabServer,
	readRecord,
	writeRecord,
} from "./server.ts";
import { optionFile, type ServerOptions } from "./server-options.ts";
import { copyTemplate, ensureTemplate } from "./template.ts";

/** A socket's path may have 107 bytes on Linux, 103 elsewhere; see unix(7). */
const LONGEST_DIRECTORY = 80;

export interface LabOptions {
	readonly flavor: ServerFlavor;
	/** Default: a new folder below the system's temporary folder. */
	readonly directory?: string;
	/** Told what happens, in sentences. */
	readonly log?: (text: string) => void;
}

interface StartServerOptions {
	/** Default: the next free number. */
	readonly serverId?: number;
	/** Default true: it also comes back read-only after a restart. */
	readonly readOnlyAtStart?: boolean;
	/** Default false: semi-sync plugins and settings are not loaded. */
	readonly semiSync?: boolean;
	/** Further lines of the option file; they win. */
	readonly extraOptions?: ServerOptions;
}

export interface Lab {
	readonly flavor: ServerFlavor;
	readonly version: string;
	readonly directory: string;
	/** In order of their server ids. */
	readonly servers: readonly LabServer[];
	startServer(options?: StartServerOptions): Promise<LabServer>;
	/** One primary with its replicas, caught up. */
	lay(options: LayOptions): Promise<Topology>;
	/** The servers outlive this process; `attachLab(directory)` finds them again. */
	keep(): void;
	/** Ends every server and removes the folder. */
	stop(): Promise<void>;
}

/** @throws when the flavour's server is not on this machine. */
export async function createLab(options: LabOptions): Promise<Lab> {
	const program = requireProgram(options.flavor);
	await sweepAbandonedLabs();
	const directory =
		options.directory ??
		mkdtempSync(join(process.env.BATON_LAB_FOLDER || tmpdir(), "baton-lab-"));
	mkdirSync(directory, { recursive: true });
	if (directory.length > LONGEST_DIRECTORY)
		throw new Error(`too long for a socket's path: ${directory}`);
	if (readdirSync(directory).length > 0)
		throw new Error(`not empty: ${directory}`);
	writeFileSync(
		join(directory, "lab.json"),
		JSON.stringify({ flavor: options.flavor }),
	);
	recordLab(directory);
	return openLab(program, directory, options.log ?? (() => {}), true);
}

/** Finds the servers of a kept lab. */
export function attachLab(flavor: ServerFlavor, directory: string): Lab {
	return openLab(requireProgram(flavor), directory, () => {}, false);
}

function openLab(
	program: ServerProgram,
	directory: string,
	log: (text: string) => void,
	owned: boolean,
): Lab {
	const servers = serverFolders(directory)
		.map((folder) => createServer(program, folder))
		.sort((a, b) => a.serverId - b.serverId);
	let highestId = servers.at(-1)?.serverId ?? 0;
	const atExit = () => endNow(directory);
	if (owned) process.once("exit", atExit);

	const lab: Lab = {
		flavor: program.flavor,
		version: program.version,
		directory,
		servers,
		async startServer(options = {}) {
			const serverId = options.serverId ?? highestId + 1;
			highestId = Math.max(highestId, serverId);
			const server = await makeServer(program, directory, serverId, options);
			servers.push(server);
			servers.sort((a, b) => a.serverId - b.serverId);
			await server.start();
			log(`${server.name} is up (server ${serverId}, pid ${server.pid})`);
			return server;
		},
		lay: (options) => layTopology(lab, options, log),
		keep() {
			process.off("exit", atExit);
			forgetLab(directory);
		},
		async stop() {
			process.off("exit", atExit);
			await removeLab(directory);
			servers.length = 0;
			log(`removed ${directory}`);
		},
	};
	return lab;
}

/** Ends all servers below the folder, then removes it. */
export async function removeLab(directory: string): Promise<void> {
	for (const process of endServers(directory))
		if (!(await waitGone(process, 10_000)))
			throw new Error(`process ${process.pid} did not end on SIGKILL`);
	rmSync(directory, { recursive: true, force: true });
	forgetLab(directory);
}

/** The same when the process is about to end and cannot wait. */
function endNow(directory: string): void {
	endServers(directory);
	rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
	forgetLab(directory);
}

function endServers(directory: string) {
	const processes = serverFolders(directory)
		.map(recordedProcess)
		.filter((process) => process !== undefined);
	for (const process of processes) signal(process, "SIGKILL");
	return processes;
}

/** undefined too when somebody else is removing the same abandoned lab. */
function recordedProcess(folder: string): ProcessIdentity | undefined {
	try {
		return readRecord(folder).process;
	} catch (error) {
		if (existsSync(join(folder, "server.json"))) throw error;
		return undefined;
	}
}

function serverFolders(directory: string): string[] {
	if (!existsSync(directory)) return [];
	return readdirSync(directory)
		.map((name) => join(directory, name))
		.filter((folder) => existsSync(join(folder, "server.json")));
}

async function makeServer(
	program: ServerProgram,
	directory: string,
	serverId: number,
	options: StartServerOptions,
): Promise<LabServer> {
	const folder = join(directory, `s${serverId}`);
	mkdirSync(folder);
	const [port = 0] = await freePorts(1);
	await copyTemplate(await ensureTemplate(program), join(folder, "data"));
	writeFileSync(
		join(folder, "my.cnf"),
		optionFile({
			flavor: program.flavor,
			serverId,
			port,
			directory: folder,
			readOnlyAtStart: options.readOnlyAtStart ?? true,
			semiSync: options.semiSync ?? false,
			extraOptions: options.extraOptions ?? {},
		}),
	);
	writeRecord(folder, {
		flavor: program.flavor,
		serverId,
		port,
		process: undefined,
	});
	return createServer(program, folder);
}

function requireProgram(flavor: ServerFlavor): ServerProgram {
	const program = flavor === "mysql" ? locateMysql() : locateMariadb();
	if (program === undefined)
		throw new Error(
			`no ${flavor} server on this machine; get one with: node setup/main.mjs ${flavor}`,
		);
	return program;
}
