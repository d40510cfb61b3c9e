import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
	serveTemporaryApi,
	type TemporaryApi,
} from "../../test/support/temporary-api.ts";

const RUN = "01a22748-88eb-7599-9a9d-1fd7c24a4374";
const UID = `7:${RUN.replaceAll("-", "")}00`;
const ALL = "baton/operations/events";
const ONE = `baton/operations/${UID}/events`;

let served: TemporaryApi;
let identity: string;
const clients: AbortController[] = [];
beforeEach(async () => {
	served = await serveTemporaryApi();
	await served.fill();
	identity = (await served.store.clusters.identityOf("db1:3306")) ?? "";
});
afterEach(async () => {
	for (const each of clients.splice(0)) each.abort();
	await served.stop();
});

/** A running operation of the cluster. */
const begin = async () => {
	const { operations } = served.store;
	const claimed = await operations.claim({
		identity,
		workflowId: "operate/x",
		runId: RUN,
		kind: "relocation",
		nowMs: 1,
	});
	if (!claimed.claimed) throw new Error("not claimed");
	await operations.beginPicture(
		UID,
		{ identity, epoch: claimed.epoch },
		{ picture: "{}", revision: "1" },
	);
};

const step = (says: string, end?: "succeeded") =>
	served.store.recoveries.addStep(UID, says, 2, end);

const ask = (path: string, headers: Record<string, string> = {}) => {
	const leaving = new AbortController();
	clients.push(leaving);
	return fetch(`${served.address}/api/${path}`, {
		headers,
		signal: leaving.signal,
	});
};

interface Told {
	readonly id: string;
	readonly event: string;
	readonly data: { readonly says: string; readonly outcome?: string };
}

/** The events of one connection, one by one; undefined at its end. */
const connect = async (path: string, headers: Record<string, string> = {}) => {
	const response = await ask(path, headers);
	const reader = response.body?.getReader();
	if (reader === undefined) throw new Error("no stream");
	const decoder = new TextDecoder();
	let text = "";
	const next = async (): Promise<Told | undefined> => {
		for (;;) {
			const found = /(?:^|\n)(?:id: (\d+)\n)?event: (\w+)\ndata: (.*)\n\n/.exec(
				text,
			);
			if (found !== null) {
				text = text.slice(found.index + found[0].length);
				const [, id = "", event = "", data = ""] = found;
				return { id, event, data: JSON.parse(data) };
			}
			const { value, done } = await reader.read();
			if (done) return undefined;
			text += decoder.decode(value, { stream: true });
		}
	};
	return { response, next };
};

const said = (told: Told | undefined) => told?.data.says;

test("an operation is told from its beginning to its end, which says how it ended", async () => {
	await begin();
	await step("plan: move");
	for (const id of [UID, RUN]) {
		const { response, next } = await connect(`baton/operations/${id}/events`);
		expect(response.headers.get("content-type")).toBe("text/event-stream");
		expect(await next()).toEqual({
			id: "1",
			event: "step",
			data: {
				uid: UID,
				identity,
				clusterName: "db1:3306",
				atMs: 2,
				says: "plan: move",
			},
		});
	}
	const { next } = await connect(ONE);
	await next();
	await step("moveBelow: moved");
	await served.store.recoveries.addStep("8:another", "not this", 3);
	expect(said(await next())).toBe("moveBelow: moved");
	await step("all is done", "succeeded");
	expect(await next()).toMatchObject({
		event: "end",
		data: { outcome: "succeeded", says: "all is done" },
	});
	expect(await next()).toBeUndefined();
	// One that has ended is told at once.
	const late = await connect(ONE);
	expect([
		said(await late.next()),
		said(await late.next()),
		said(await late.next()),
		await late.next(),
	]).toEqual(["plan: move", "moveBelow: moved", "all is done", undefined]);
});

test("the steps of a cluster are told to who asked for it, and after its operations too", async () => {
	await begin();
	await step("before");
	const [every, own, foreign] = [
		await connect(ALL),
		await connect(`${ALL}?cluster=orders`),
		await connect(`${ALL}?cluster=db1`),
	];
	await step("moveBelow: moved");
	await step("all is done", "succeeded");
	await served.store.operations.release(identity, RUN, UID);
	await step("PostMasterFailoverProcesses: ran");
	await served.store.recoveries.addStep("8:another", "elsewhere", 3);
	for (const { next } of [every, own, foreign])
		expect([
			said(await next()),
			said(await next()),
			said(await next()),
		]).toEqual([
			"moveBelow: moved",
			"all is done",
			"PostMasterFailoverProcesses: ran",
		]);
	expect(said(await every.next())).toBe("elsewhere");
});

test("a client that comes back goes on where it was", async () => {
	await begin();
	for (const says of ["one", "two", "three"]) await step(says);
	for (const path of [ALL, ONE]) {
		const { next } = await connect(path, { "Last-Event-ID": "1" });
		expect(await next()).toMatchObject({ id: "2", data: { says: "two" } });
		expect(said(await next())).toBe("three");
	}
});

test("one that broke off is told as such", async () => {
	await begin();
	await step("plan: move");
	const { next } = await connect(ONE);
	await next();
	await served.store.operations.release(identity, RUN);
	expect(await next()).toMatchObject({
		id: "",
		event: "end",
		data: { outcome: "unknown" },
	});
	expect(await next()).toBeUndefined();
}, 10_000);

test("what cannot be served is said, and begins no stream", async () => {
	await step("a step");
	const refused = async (path: string, lastEventId?: string) => {
		const response = await ask(
			path,
			lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId },
		);
		const { Message } = (await response.json()) as { Message: string };
		return [response.status, Message];
	};
	expect(await refused("baton/operations/nobody/events")).toEqual([
		404,
		expect.stringContaining('no operation has the id "nobody"'),
	]);
	expect(await refused(`baton/operations/${"x".repeat(2000)}/events`)).toEqual([
		400,
		"id is longer than 1024 characters",
	]);
	expect(await refused(`${ALL}?cluster=a&cluster=b`)).toEqual([
		400,
		"cluster is no text",
	]);
	expect(await refused(`${ALL}?cluster=nowhere`)).toEqual([
		404,
		expect.stringContaining("nowhere"),
	]);
	for (const text of ["x", "-1", "1.5", "9".repeat(40)])
		expect(await refused(ALL, text)).toEqual([
			400,
			expect.stringContaining("is no id of a step"),
		]);
	expect(await refused(ALL, "7")).toEqual([
		400,
		expect.stringContaining("newer than the newest step (1)"),
	]);
	served.store.recoveries.lastStepId = async () => 5_000;
	expect(await refused(ALL, "7")).toEqual([
		400,
		expect.stringContaining("more than 2000 steps ago"),
	]);
});

test("so many are served, by one reader, and none is read for when all are gone", async () => {
	const { recoveries } = served.store;
	const reads = vi.spyOn(recoveries, "stepsSince");
	const first = await connect(ALL);
	const others = await Promise.all(
		Array.from({ length: 249 }, () => connect(ALL)),
	);
	const tooMany = await Promise.all(Array.from({ length: 50 }, () => ask(ALL)));
	expect(new Set(tooMany.map(({ status }) => status))).toEqual(new Set([429]));
	await delay(100);
	reads.mockClear();
	await delay(1_000);
	expect(reads.mock.calls.length).toBeLessThan(8);
	await begin();
	await step("told to all");
	expect(said(await first.next())).toBe("told to all");
	for (const { next } of others) expect(said(await next())).toBe("told to all");
	for (const each of clients) each.abort();
	// That they are gone comes through one by one.
	const readsMeanwhile = async () => {
		reads.mockClear();
		await delay(500);
		return reads.mock.calls.length;
	};
	await expect.poll(readsMeanwhile, { timeout: 15_000 }).toBe(0);
	// There is room again.
	expect((await ask(ALL)).status).toBe(200);
}, 20_000);

test("a client that takes nothing is let go, and keeps nobody waiting", async () => {
	const { recoveries } = served.store;
	const slow = await ask(ALL);
	const { next } = await connect(ALL);
	const long = "x".repeat(16_000);
	for (let burst = 0; burst < 30; burst++) {
		for (let nth = 0; nth < 40; nth++)
			await recoveries.addStep("8:long", `${nth} ${long}`, 3);
		for (let nth = 0; nth < 40; nth++)
			expect(said(await next())).toMatch(new RegExp(`^${nth} `));
	}
	await delay(100);
	await expect(slow.text()).rejects.toThrow();
}, 20_000);

test("a store that is away for a while leaves nothing out", async () => {
	const { recoveries } = served.store;
	const { next } = await connect(ALL);
	const { stepsSince } = recoveries;
	recoveries.stepsSince = () => Promise.reject(new Error("away"));
	await step("while it was away");
	await delay(500);
	recoveries.stepsSince = stepsSince;
	expect(said(await next())).toBe("while it was away");
});

test("HEAD asks for the headers alone", async () => {
	const response = await fetch(`${served.address}/api/${ALL}`, {
		method: "HEAD",
	});
	expect(response.headers.get("content-type")).toBe("text/event-stream");
	expect(await response.text()).toBe("");
});
