// Free ports below the range that the system gives to outgoing connections:
// above it, a client could take a killed server's port, or connect to itself.

import { createServer } from "node:net";

const LOWEST = 13_000;
const HIGHEST = 31_999;

/** Finds `count` different ports of 127.0.0.1 on which nobody listens. */
export async function freePorts(count: number): Promise<number[]> {
	const found = new Set<number>();
	for (let tries = 0; found.size < count; tries++) {
		if (tries > 1000) throw new Error("no free port found");
		const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
		if (await isFree(port)) found.add(port);
	}
	return [...found];
}

function isFree(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once("error", () => resolve(false));
		server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
	});
}
