import { describe, expect, it } from "vitest";
import type { Row } from "../answer.ts";
import { modern } from "../dialects/modern/dialect.ts";
import { ServerFault } from "../driver-error.ts";
import type { Reader } from "../step-session.ts";
import { awaitOpenWork, heldUpBy } from "./open-work.ts";

const work = (id: number, rest: Row = {}): Row => ({
	mark: `transaction ${id}`,
	id,
	user: "app",
	host: "10.0.0.3:41",
	seconds: 3,
	holds_up: 0,
	statement: "UPDATE t SET a = 'my-secret'",
	...rest,
});

type Look = readonly Row[] | ServerFault;

/** Answers each look with the next of these, and the last one for ever. */
const serverWith = (...looks: readonly Look[]) => {
	let nth = 0;
	const session: Parameters<typeof awaitOpenWork>[1] = {
		server: "p:3306",
		dialect: modern,
		look: () => Promise.reject(new Error("not asked for")),
		read: async (statement) => {
			if (statement !== modern.openWork) return [{ user: "baton@%" }];
			const rows = looks[Math.min(nth++, looks.length - 1)];
			if (rows instanceof ServerFault) throw rows;
			return [...(rows ?? [])];
		},
		goOn: () => undefined,
		part: () => undefined,
	};
	return session;
};

const waited = (
	withinMs: number,
	...looks: readonly Look[]
): ReturnType<typeof awaitOpenWork> => {
	let nowMs = 0;
	return awaitOpenWork(
		{ beat: () => undefined, nowMs: () => (nowMs += 10) },
		serverWith(...looks),
		withinMs,
	);
};

describe("what clients are about before a takeover", () => {
	it("is waited for, and what came later is not", async () => {
		expect(await waited(1_000, [])).toEqual([]);
		expect(
			await waited(1_000, [work(1)], [work(1), work(2)], [work(2)]),
		).toEqual([]);
		// The same session with another transaction.
		expect(
			await waited(1_000, [work(1)], [work(1, { mark: "transaction 9" })]),
		).toEqual([]);
	});

	it("is looked at as seldom as InnoDB lists it anew: each look puts that off", async () => {
		const looksMs: number[] = [];
		const session = {
			...serverWith([]),
			read: async (statement: unknown) => {
				if (statement !== modern.openWork) return [{ user: "baton@%" }];
				const [lastMs] = looksMs.slice(-1);
				const nowMs = performance.now();
				looksMs.push(nowMs);
				return lastMs !== undefined && nowMs - lastMs > 100 ? [] : [work(1)];
			},
		};
		const run = { beat: () => undefined, nowMs: () => performance.now() };
		expect(await awaitOpenWork(run, session, 5_000)).toEqual([]);
		expect(looksMs).toHaveLength(2);
	});

	it("is none of Baton's own or the server's", async () => {
		expect(
			await waited(0, [
				work(1, { user: "baton" }),
				work(2, { user: "system user" }),
				work(3, { user: "event_scheduler" }),
			]),
		).toEqual([]);
	});

	it("is named where it did not end and does nothing, the longest first, without values", async () => {
		expect(
			await waited(20, [work(1), work(2, { seconds: 70, statement: "" })]),
		).toEqual([
			"open transactions of p:3306 did not end within 0.02 s, and were rolled back with their sessions: session 2 of app@10.0.0.3:41 for 70 s; session 1 of app@10.0.0.3:41 for 3 s (UPDATE t SET a = ?)",
		]);
		const many = Array.from({ length: 8 }, (_, at) => work(at + 1));
		expect((await waited(0, many))[0]).toMatch(/session 5 .*; and 3 more$/);
	});

	it("keeps it from being begun where a statement still runs, and each session is named once", async () => {
		await expect(
			waited(20, [
				work(1),
				work(2),
				work(2, { mark: "lock 2 7", holds_up: 1, seconds: 30 }),
			]),
		).rejects.toMatchObject({
			code: "OperationFailed",
			message: expect.stringMatching(
				/^statements on p:3306 .*: session 2 of app@10\.0\.0\.3:41 for 30 s \(UPDATE t SET a = \?\); wait/,
			),
		});
	});

	it("is not known where the account may not ask", async () => {
		const denied = new ServerFault("refused-by-server", "denied", 1142);
		expect(await waited(20, denied)).toEqual([
			expect.stringContaining("could not be looked at (denied)"),
		]);
		expect(await heldUpBy(serverWith(denied) as Reader)).toBe("");
		const lost = new ServerFault("lost", "gone");
		await expect(waited(20, lost)).rejects.toBe(lost);
	});

	it("is named where it held a switch to read-only up", async () => {
		expect(await heldUpBy(serverWith([work(1)]) as Reader)).toBe("");
		expect(
			await heldUpBy(serverWith([work(1), work(4, { holds_up: 1 })]) as Reader),
		).toBe(
			"; what held it up: session 4 of app@10.0.0.3:41 for 3 s (UPDATE t SET a = ?)",
		);
	});
});
