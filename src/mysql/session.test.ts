import { afterEach, describe, expect, test, vi } from "vitest";
import { packet, resultPackets } from "../../test/lab/packets.ts";
import {
	floodWith,
	isLeft,
	type OddServer,
	startOddServer,
} from "../../test/support/odd-server.ts";
import { openSession, type Session } from "./session.ts";

const ACCESS = {
	user: "u",
	password: "p",
	connectTimeoutMs: 2_000,
	lifetimeMs: 0,
};

let server: OddServer | undefined;
let sessions: Session[] = [];
afterEach(async () => {
	for (const each of sessions) each.close();
	sessions = [];
	await server?.stop();
	server = undefined;
	vi.restoreAllMocks();
});

const start = async (
	manners: Parameters<typeof startOddServer>[0],
): Promise<OddServer> => {
	server = await startOddServer(manners);
	return server;
};

const open = async (
	{ name }: OddServer,
	{ connectTimeoutMs = 2_000, queryDeadlineMs = 20_000 } = {},
): Promise<Session> => {
	const session = await openSession(
		name,
		{ ...ACCESS, connectTimeoutMs },
		{ role: "test", queryDeadlineMs },
	);
	sessions.push(session);
	return session;
};

const MEBIBYTE = 1024 * 1024;

/** A row of one text, or a part of one that does not end. */
const row = (length: number, nth: number): Buffer =>
	packet(
		nth & 0xff,
		Buffer.concat([
			Buffer.from([0xfd, length & 0xff, (length >> 8) & 0xff, length >> 16]),
			Buffer.alloc(length, "a"),
		]),
	);
const endless = (nth: number): Buffer =>
	packet(nth & 0xff, Buffer.alloc(0xffffff, "a"));

const ONE_ROW = resultPackets({ columns: ["a"], rows: [["1"]] });
/** What stands before the rows. */
const HEAD = resultPackets({ columns: ["a"], rows: [] }).subarray(0, -9);

describe("a connection that is given up", () => {
	test("leaves nothing behind at a server that does not even greet", async () => {
		const silent = await start({ greets: () => undefined });
		for (let nth = 0; nth < 10; nth++)
			await expect(open(silent, { connectTimeoutMs: 20 })).rejects.toThrow(
				"no answer to a new connection within 20 ms",
			);
		expect(await isLeft(silent)).toBe(true);
	});

	test("leaves nothing behind at a server that does not answer", async () => {
		const hung = await start({});
		for (let nth = 0; nth < 5; nth++) {
			const session = await open(hung, { queryDeadlineMs: 20 });
			await expect(session.query("SELECT 1")).rejects.toThrow(
				"no answer within 20 ms",
			);
		}
		expect(await isLeft(hung)).toBe(true);
	});

	test("is given up though it was left while something was asked", async () => {
		const hung = await start({});
		const session = await open(hung, { queryDeadlineMs: 50 });
		const answer = session.query("SELECT 1");
		session.close();
		await expect(answer).rejects.toThrow("no answer within 50 ms");
		expect(await isLeft(hung)).toBe(true);
	});

	test("is ended with a word where it is left in good order", async () => {
		const good = await start({ answers: (socket) => socket.write(ONE_ROW) });
		const session = await open(good);
		await session.query("SELECT 1");
		session.close();
		expect(await isLeft(good)).toBe(true);
		expect(good.asked.at(-1)).toBe("1");
	});
});

describe("a server that sends without end", () => {
	const TOO_MUCH = /^the server sends more than \d+ MiB at a time/;

	test.each([
		["rows", floodWith((nth) => row(MEBIBYTE, nth + 4), HEAD)],
		["one row", floodWith((nth) => endless(nth + 4), HEAD)],
		["one packet", floodWith((nth) => endless(nth + 1))],
	])("is read no further: %s", async (_, answers) => {
		const flooding = await start({ answers });
		const session = await open(flooding);
		await expect(session.query("SELECT 1")).rejects.toMatchObject({
			outcome: "own-fault",
			message: expect.stringMatching(TOO_MUCH),
		});
		expect(session.isOpen).toBe(false);
		expect(await isLeft(flooding)).toBe(true);
	});

	test("is read no further before it has let anybody in", async () => {
		const flooding = await start({ greets: floodWith(endless) });
		await expect(open(flooding)).rejects.toMatchObject({
			outcome: "own-fault",
			message: expect.stringMatching(TOO_MUCH),
		});
	});

	test("is not one that has sent as much in many answers", async () => {
		const answer = Buffer.concat([
			HEAD,
			row(8 * MEBIBYTE, 4),
			packet(5, Buffer.from([0xfe, 0, 0, 2, 0])),
		]);
		const good = await start({ answers: (socket) => socket.write(answer) });
		const session = await open(good);
		for (let nth = 0; nth < 20; nth++)
			expect(await session.query("SELECT 1")).toHaveLength(1);
	});
});

test("packets out of order end the session, and fill no log", async () => {
	const printed = vi.spyOn(console, "error").mockReturnValue(undefined);
	const many = Buffer.concat(
		Array.from({ length: 10_000 }, () => packet(77, Buffer.from([1, 0x31]))),
	);
	const odd = await start({ answers: floodWith(() => many, HEAD) });
	const session = await open(odd);
	await expect(session.query("SELECT 1")).rejects.toMatchObject({
		outcome: "lost",
	});
	const greeting = await startOddServer({ greets: floodWith(() => many) });
	await expect(open(greeting)).rejects.toMatchObject({ outcome: "lost" });
	await greeting.stop();
	expect(printed.mock.calls.length).toBeLessThanOrEqual(2);
});
