import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
	serveTemporaryApi,
	type TemporaryApi,
} from "../../test/support/temporary-api.ts";
import { changesBetween } from "./live.ts";
import type { ClusterPicture, PictureUpdate } from "./picture.ts";

test("tells what was added, changed and dropped, and nothing of what stayed", () => {
	const before = new Map([
		["recoveries", "[]"],
		["cluster/a", "[]"],
		["cluster/b", "[1]"],
	]);
	expect(
		changesBetween(before, {
			recoveries: [],
			"cluster/b": [],
			"cluster/c": [],
		}),
	).toEqual({
		isWhole: false,
		set: { "cluster/b": [], "cluster/c": [] },
		drop: ["cluster/a"],
	});
	expect(
		changesBetween(new Map([["recoveries", "[]"]]), { recoveries: [] }),
	).toBeUndefined();
});

let served: TemporaryApi;
beforeEach(async () => {
	served = await serveTemporaryApi({
		config: { ListenAddress: "127.0.0.1:0", WebMessage: "hello" },
	});
	await served.fill();
});
afterEach(() => served.stop());

/** The updates of one connection, one by one. */
const connect = async () => {
	const leaving = new AbortController();
	const response = await fetch(`${served.address}/api/baton/events`, {
		signal: leaving.signal,
	});
	const reader = response.body?.getReader();
	if (reader === undefined) throw new Error("no stream");
	const decoder = new TextDecoder();
	let text = "";
	const next = async (): Promise<PictureUpdate> => {
		for (;;) {
			const found = /(?:^|\n)data: (.*)\n\n/.exec(text);
			if (found?.[1] !== undefined) {
				text = text.slice(found.index + found[0].length);
				return JSON.parse(found[1]);
			}
			const { value, done } = await reader.read();
			if (done) throw new Error("the stream ended");
			text += decoder.decode(value, { stream: true });
		}
	};
	return { response, next, leave: () => leaving.abort() };
};

const clusterIn = ({ set }: PictureUpdate): ClusterPicture => {
	const section = set["cluster/db1:3306"];
	if (section === undefined || !("instances" in section))
		throw new Error("no cluster in the update");
	return section;
};

test("a page gets everything, then only what changed", async () => {
	const page = await connect();
	expect(page.response.headers.get("content-type")).toBe("text/event-stream");
	const whole = await page.next();
	expect(whole.isWhole).toBe(true);
	expect(Object.keys(whole.set)).toEqual([
		"status",
		"operations",
		"rollings",
		"recoveries",
		"cluster/db1:3306",
	]);
	expect(
		clusterIn(whole).instances.map(({ name, parent, state, isWritable }) => [
			name,
			parent,
			state,
			isWritable,
		]),
	).toEqual([
		["db1:3306", null, "ok", true],
		["db2:3306", "db1:3306", "ok", false],
		["db3:3306", "db1:3306", "ok", false],
	]);

	const replica = await served.store.inventory.get("db3:3306");
	if (replica === undefined) throw new Error("no replica");
	await served.store.inventory.save([{ ...replica, lagSeconds: 90 }]);
	served.events.announce();
	const change = await page.next();
	expect(change.isWhole).toBe(false);
	expect(Object.keys(change.set)).toEqual(["cluster/db1:3306"]);
	expect(clusterIn(change).instances[2]?.state).toBe("lagging");
	page.leave();
});

test("a change that nobody announced is seen within about a second", async () => {
	const page = await connect();
	await page.next();
	await served.store.recoveries.setGloballyDisabled(true);
	const { set } = await page.next();
	expect(set.status).toMatchObject({ globalRecoveries: false });
	page.leave();
});

test("a second page starts from the same whole picture", async () => {
	const first = await connect();
	const second = await connect();
	expect(await second.next()).toEqual(await first.next());
	first.leave();
	second.leave();
});

test("so many pages are served, and there is room again when they have gone", async () => {
	const pages = await Promise.all(Array.from({ length: 250 }, connect));
	const ask = () => fetch(`${served.address}/api/baton/events`);
	const refused = await ask();
	expect([refused.status, await refused.json()]).toEqual([
		429,
		expect.objectContaining({
			Message: expect.stringContaining("250 listen to the live picture"),
		}),
	]);
	for (const page of pages) page.leave();
	await vi.waitFor(async () => {
		const { status, body } = await ask();
		await body?.cancel();
		expect(status).toBe(200);
	}, 30_000);
}, 90_000);

test("the status says when Temporal is away, and shows the site's notice", async () => {
	served.state.isTemporalReachable = false;
	const page = await connect();
	const { set } = await page.next();
	expect(set.status).toMatchObject({
		temporal: { isReachable: false },
		notice: "hello",
		warnings: [expect.stringContaining("Temporal cannot be reached")],
	});
	page.leave();
});

test("a running operation comes with its steps and its page", async () => {
	const identity = (await served.store.clusters.identityOf("db1:3306")) ?? "";
	const { operations, recoveries } = served.store;
	const claimed = await operations.claim({
		identity,
		workflowId: "takeover/x",
		runId: "a-b",
		kind: "takeover",
		nowMs: 5,
	});
	if (!claimed.claimed) throw new Error("not claimed");
	await operations.beginPicture(
		"1:ab00",
		{ identity, epoch: claimed.epoch },
		{ picture: "{}", revision: "1" },
	);
	await recoveries.addStep("1:ab00", "promote: done", Date.now());
	const response = await fetch(`${served.address}/api/baton/operations`);
	expect(await response.json()).toMatchObject([
		{
			clusterName: "db1:3306",
			kind: "takeover",
			runId: "a-b",
			uid: "1:ab00",
			page: expect.stringContaining("takeover%2Fx"),
			steps: [{ says: "promote: done" }],
		},
	]);
});
