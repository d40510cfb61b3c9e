import { once } from "node:events";
import { createConnection } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, it } from "vitest";
import { leftUntil, startDeadline, takesLonger } from "./deadline.ts";

/** Echoes what it gets, a moment later, in a thread of its own: it goes on while this one stands still. */
const ECHO = `
const { createServer } = require("node:net");
const { parentPort } = require("node:worker_threads");
const server = createServer((socket) => {
	socket.on("data", (data) => setTimeout(() => socket.write(data), 20));
	socket.on("error", () => undefined);
});
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

let echo: Worker;
let port = 0;
beforeAll(async () => {
	echo = new Worker(ECHO, { eval: true });
	[port] = (await once(echo, "message")) as [number];
});
afterAll(() => echo.terminate());

const standStill = (forMs: number): void => {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs);
};

/** Asks so many times, one after the other, and stands still meanwhile. */
const asked = async (times: number, stillMs: number): Promise<void> => {
	const socket = createConnection({ port, host: "127.0.0.1" });
	await once(socket, "connect");
	try {
		for (let nth = 0; nth < times; nth++) {
			socket.write("?");
			if (nth === 0) standStill(stillMs);
			await once(socket, "data");
		}
	} finally {
		socket.destroy();
	}
};

it("an answer that arrived while this process stood still is in time", async () => {
	expect(await takesLonger(60, asked(1, 300))).toBe(false);
});

it("so is one that needs another round after that", async () => {
	expect(await takesLonger(500, asked(3, 1_200))).toBe(false);
});

it("what does not answer is late, and not much later than that", async () => {
	const from = performance.now();
	const silent = new Promise(() => undefined);
	const late = takesLonger(100, silent);
	standStill(400);
	expect(await late).toBe(true);
	expect(performance.now() - from).toBeGreaterThanOrEqual(100);
	expect(await takesLonger(50, silent)).toBe(true);
});

it("what does not answer is late also where this process stands still again and again", async () => {
	const from = performance.now();
	const busy = setInterval(() => standStill(60), 1);
	const late = await takesLonger(100, new Promise(() => undefined));
	clearInterval(busy);
	expect(late).toBe(true);
	expect(performance.now() - from).toBeLessThan(1_000);
});

it("one that is ended calls nobody, however late that is", async () => {
	let missed = 0;
	const end = startDeadline(10, () => {
		missed++;
	});
	standStill(100);
	end();
	await delay(150);
	expect(missed).toBe(0);
});

it("what follows within a deadline has at least a part of it", () => {
	const now = performance.now();
	expect(leftUntil(now - 1, 400)).toBe(100);
	expect(leftUntil(now + 10_000, 400)).toBeGreaterThan(9_000);
});
