/** The small rooms of the store. */

import { afterEach, beforeEach, expect, it } from "vitest";
import { rollingStatus } from "../../test/support/made-up-rolling.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import type { RollingPhase } from "../rolling/status.ts";
import { NO_MARK } from "../topology/server-mark.ts";
import type { Downtime } from "../topology/snapshot.ts";
import type { Store } from "./contract.ts";

const T0 = Date.UTC(2026, 0, 1, 12);
const HOUR = 3_600_000;

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

it("a downtime is in force until it ends, is ended, or is replaced", async () => {
	const { downtimes } = store;
	const downtime: Downtime = {
		instance: "db1:3306",
		owner: "ann",
		reason: "disk",
		beganAtMs: T0,
		endsAtMs: T0 + HOUR,
	};
	await downtimes.begin({ ...downtime, reason: "first" });
	await downtimes.begin(downtime);
	expect(await downtimes.active(T0 + 1000)).toEqual([downtime]);
	expect(await downtimes.active(T0 + HOUR)).toEqual([]);
	expect(await downtimes.end("db1:3306")).toBe(true);
	expect(await downtimes.end("db1:3306")).toBe(false);
	await downtimes.begin(downtime);
	await downtimes.expire(T0 + HOUR - 1000);
	expect(await downtimes.active(T0)).toHaveLength(1);
	await downtimes.expire(T0 + HOUR);
	expect(await downtimes.active(T0)).toEqual([]);
});

it("a promotion rule is the newest that was registered, while it is young enough", async () => {
	const { candidates } = store;
	await candidates.register("db1:3306", "prefer", T0);
	await candidates.register("db1:3306", "must_not", T0 + 1000);
	await candidates.register("db0:3306", "neutral", T0 - HOUR);
	expect(await candidates.since(T0 - 2 * HOUR)).toEqual([
		{ instance: "db0:3306", rule: "neutral", registeredAtMs: T0 - HOUR },
		{ instance: "db1:3306", rule: "must_not", registeredAtMs: T0 + 1000 },
	]);
	expect(await candidates.since(T0)).toHaveLength(1);
	expect(await candidates.since(T0 + 2000)).toEqual([]);
});

it("a fence stands until the instance has rejoined or is forgotten", async () => {
	const { fences } = store;
	const fence = {
		instance: "db1:3306",
		identity: "c",
		successor: "db2:3306",
		sinceMs: T0 + 7,
		state: "waiting",
		note: "",
		server: NO_MARK,
	} as const;
	await fences.put(fence);
	await fences.put({ ...fence, state: "fenced", note: "errant: x:1-3" });
	await store.close();
	store = await stores.open();
	expect(await store.fences.open()).toEqual([
		{ ...fence, state: "fenced", note: "errant: x:1-3" },
	]);
	await store.fences.put({ ...fence, state: "rejoined" });
	expect(await store.fences.open()).toEqual([]);
	expect(await store.fences.get("db1:3306")).toMatchObject({
		state: "rejoined",
	});
	await store.fences.remove("db1:3306");
	expect(await store.fences.get("db1:3306")).toBeUndefined();
});

it("audit entries come twenty a page, newest first, of one instance or of all", async () => {
	const { audit } = store;
	for (let count = 1; count <= 22; count++)
		await audit.write({
			atMs: T0 + count * 1000,
			type: "t",
			instance: count % 2 ? "db1:3306" : "",
			clusterName: "c",
			message: `m${count}`,
		});
	const first = await audit.page({ page: 0 });
	expect(first).toHaveLength(20);
	expect(first[0]).toEqual({
		id: 22,
		atMs: T0 + 22_000,
		type: "t",
		instance: "",
		clusterName: "c",
		message: "m22",
	});
	expect((await audit.page({ page: 1 })).map((each) => each.message)).toEqual([
		"m2",
		"m1",
	]);
	expect(await audit.page({ page: 0, instance: "db1:3306" })).toHaveLength(11);
});

it("keys hold their newest value", async () => {
	await store.keyValues.put(
		[
			{ key: "a", value: "1" },
			{ key: "b", value: "" },
		],
		T0,
	);
	await store.keyValues.put([{ key: "a", value: "2" }], T0);
	expect(await store.keyValues.get("a")).toBe("2");
	expect(await store.keyValues.get("b")).toBe("");
	expect(await store.keyValues.get("c")).toBeUndefined();
});

it("a node is seen from its first beat to its last", async () => {
	const { nodes } = store;
	const node = { hostname: "n1", token: "t", command: "http" };
	await nodes.beat({ ...node, nowMs: T0 });
	await nodes.beat({ ...node, nowMs: T0 + 5000 });
	await nodes.beat({ ...node, token: "old", nowMs: T0 - HOUR });
	expect(await nodes.seenSince(T0 + 5000)).toEqual([
		{ ...node, firstSeenMs: T0, lastSeenMs: T0 + 5000 },
	]);
	expect(await nodes.seenSince(T0 - HOUR)).toHaveLength(2);
});

it("the health check fails on a store that is closed", async () => {
	await store.check(T0);
	expect(store.description).toContain(stores.place);
	await store.close();
	await expect(store.check(T0)).rejects.toThrow();
});

it("one node at a time is the active one, by a lease of five seconds", async () => {
	const { nodes } = store;
	const node = { hostname: "a", token: "1", command: "http", isActive: true };
	const active = async () =>
		(
			await stores.sql(
				"SELECT anchor, hostname, token, first_seen_active, last_seen_active FROM active_node",
			)
		).map((row) => ({
			anchor: row.anchor,
			token: row.token,
			first: String(row.first_seen_active).slice(17, 19),
			last: String(row.last_seen_active).slice(17, 19),
		}));
	await nodes.beat({ ...node, isActive: false, nowMs: T0 });
	expect(await active()).toEqual([]);
	await nodes.beat({ ...node, nowMs: T0 });
	await nodes.beat({ ...node, nowMs: T0 + 1_000 });
	const mine = { anchor: 1, token: "1", first: "00", last: "01" };
	expect(await active()).toEqual([mine]);
	await nodes.beat({ ...node, token: "2", nowMs: T0 + 6_000 });
	expect(await active()).toEqual([mine]);
	await nodes.beat({ ...node, token: "2", nowMs: T0 + 7_000 });
	expect(await active()).toEqual([
		{ anchor: 1, token: "2", first: "07", last: "07" },
	]);
	const [row] = await stores.sql("SELECT app_version FROM node_health");
	expect(row?.app_version).toMatch(/^\d+\.\d+/);
});

it("a rolling maintenance is kept as it stands last, and runs until it has ended", async () => {
	const { rollings } = store;
	const named = (identity: string, phase: RollingPhase) =>
		rollingStatus({ identity, phase });
	await rollings.keep(named("b", "running"), T0);
	await rollings.keep(named("a", "paused"), T0);
	await rollings.keep(named("c", "done"), T0);
	expect(await rollings.running()).toEqual([
		named("a", "paused"),
		named("b", "running"),
	]);
	await rollings.keep(named("b", "cancelled"), T0);
	expect(await rollings.running()).toEqual([named("a", "paused")]);
	expect(await rollings.of("b")).toEqual(named("b", "cancelled"));
	expect(await rollings.of("d")).toBeUndefined();
});
