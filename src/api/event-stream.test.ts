import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Request, Response } from "express";
import { afterEach, expect, test, vi } from "vitest";
import { createAudience, openEventStream } from "./event-stream.ts";

afterEach(() => {
	vi.restoreAllMocks();
});

test("a client that left before it was served leaves no timer behind", async () => {
	const begun = vi.spyOn(globalThis, "setInterval");
	const ended = vi.spyOn(globalThis, "clearInterval");
	const server = createServer();
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const client = connect(port, "127.0.0.1", () =>
		client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
	);
	const [request, response] = (await once(server, "request")) as [
		Request,
		Response,
	];
	client.destroy();
	await once(response, "close");
	begun.mockClear();
	const stream = openEventStream(request, response, { backlogBytes: 1 });
	expect(stream.isOpen()).toBe(false);
	for (const { value } of begun.mock.results)
		expect(ended).toHaveBeenCalledWith(value);
	const isTold = vi.fn();
	stream.onEnd(isTold);
	expect(isTold).toHaveBeenCalledOnce();
	server.close();
});

test("an audience has so many places, which are free again however the serving ends", async () => {
	const serve = createAudience("what is played");
	const leave: (() => void)[] = [];
	const stay = () => new Promise<void>((resolve) => leave.push(resolve));
	const served = Array.from({ length: 250 }, () => serve(stay));
	await expect(serve(stay)).rejects.toMatchObject({
		code: "TooManyListeners",
		message: expect.stringContaining("250 listen to what is played already"),
	});
	for (const each of leave) each();
	await Promise.all(served);
	await expect(serve(() => Promise.reject(new Error("away")))).rejects.toThrow(
		"away",
	);
	for (let nth = 0; nth < 251; nth++) await serve(async () => undefined);
});
