// Free ports below the range that the system gives to outgoing connections:
// above it, a client could take a killed server's port, or connect to itself.
//
// A port belongs to the process that found it until that ends: a server that is
// down, or yet to start, does not listen, and another process may look for one.

import {
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identify, isAlive, type ProcessIdentity } from "./owned-process.ts";

const LOWEST = 13_000;
const HIGHEST = 31_999;

/** Finds `count` different ports of 127.0.0.1 on which nobody listens, and keeps them from other labs. */
export async function freePorts(count: number): Promise<number[]> {
	const folder = join(tmpdir(), `baton-ports-${process.getuid?.() ?? "user"}`);
	mkdirSync(folder, { recursive: true });
	giveBackAbandoned(folder);
	const found = new Set<number>();
	for (let tries = 0; found.size < count; tries++) {
		if (tries > 1000) throw new Error("no free port found");
		const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
		if (reserve(folder, port) && (await isFree(port))) found.add(port);
	}
	return [...found];
}

/** Answers whether it was nobody's; it is this process's from now on. */
function reserve(folder: string, port: number): boolean {
	const owner = JSON.stringify(identify(process.pid));
	try {
		writeFileSync(join(folder, String(port)), owner, { flag: "wx" });
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
		throw error;
	}
}

function giveBackAbandoned(folder: string): void {
	for (const port of readdirSync(folder)) {
		const owner = ownerIn(join(folder, port));
		if (owner !== undefined && !isAlive(owner))
			rmSync(join(folder, port), { force: true });
	}
}

/** undefined when another process has just given it back, or not yet written it. */
function ownerIn(file: string): ProcessIdentity | undefined {
	try {
		return JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity;
	} catch {
		return undefined;
	}
}

function isFree(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once("error", () => resolve(false));
		server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
	});
}
