import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { canonicalHost } from "./canonical-host.ts";

const TIMEOUT_MS = 5_000;

let server: Server;
let port = 0;

beforeAll(async () => {
	server = createServer((socket) => socket.destroy());
	await new Promise<void>((resolve) => {
		server.listen(0, "127.0.0.1", resolve);
	});
	const address = server.address();
	port = typeof address === "object" && address !== null ? address.port : 0;
});

afterAll(() => {
	server.close();
});

test("an address that answers is its own name", async () => {
	expect(await canonicalHost({ host: "127.0.0.1", port }, TIMEOUT_MS)).toBe(
		"127.0.0.1",
	);
});

test("a port where nothing listens is said", async () => {
	const other = createServer();
	await new Promise<void>((resolve) => {
		other.listen(0, "127.0.0.1", resolve);
	});
	const address = other.address();
	const free = typeof address === "object" && address ? address.port : 0;
	await new Promise((resolve) => other.close(resolve));
	await expect(
		canonicalHost({ host: "127.0.0.1", port: free }, TIMEOUT_MS),
	).rejects.toMatchObject({
		code: "ServerUnreachable",
		message: expect.stringContaining(`cannot connect to 127.0.0.1:${free}`),
	});
});

test("a name that nobody knows is said", async () => {
	await expect(
		canonicalHost({ host: "no-such-host.invalid", port }, TIMEOUT_MS),
	).rejects.toMatchObject({ code: "ServerUnreachable" });
});
