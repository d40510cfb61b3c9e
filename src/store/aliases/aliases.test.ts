import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { madePrimary } from "../../../test/support/made-primary.ts";
import { running, server } from "../../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { Role } from "../../topology/role.ts";
import { markOf, NO_MARK } from "../../topology/server-mark.ts";
import type { Fence, Store } from "../contract.ts";
import type { Double } from "../naming/contract.ts";

const NOW = Date.UTC(2026, 0, 1);

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open({ clock: () => NOW });
});
afterEach(() => stores.remove());

const PRIMARY = server("db1", 1);

const below = (address: string, source: string, clusterName: string) =>
	server(address, 7, { clusterName, replication: running(source) });

const merge = (
	alias: InstanceName,
	canonical: InstanceName,
	rest: Partial<Double> = {},
) =>
	store.aliases.merge({
		alias,
		canonical,
		server: markOf(PRIMARY),
		isDecided: true,
		atMs: NOW,
		...rest,
	});

const homes = async (): Promise<Record<string, string>> =>
	Object.fromEntries(
		(await store.clusters.members()).map((each) => [
			each.instance,
			each.identity,
		]),
	);

/** Two clusters: that of db1, and that of the same server as localhost. */
const doubled = async () => {
	await store.inventory.save([
		{ ...PRIMARY, clusterName: "db1:3306" },
		server("localhost", 1, { clusterName: "localhost:3306" }),
		below("r1", "db1", "db1:3306"),
		below("r2", "localhost", "localhost:3306"),
		below("r3", "r2", "localhost:3306"),
		server("x", 9, { clusterName: "localhost:3306" }),
	]);
	await store.clusters.adopt("db1:3306", ["db1:3306", "r1:3306"]);
	await store.clusters.adopt("localhost:3306", [
		"localhost:3306",
		"r2:3306",
		"r3:3306",
	]);
};

const fence = (instance: InstanceName, rest: Partial<Fence> = {}): Fence => ({
	instance,
	identity: "localhost:3306",
	successor: "r1:3306",
	sinceMs: NOW,
	state: "waiting",
	note: "",
	server: markOf(PRIMARY),
	...rest,
});

describe("a name that is another one's alias", () => {
	it("is no instance any more, is found by, and its replicas are the other's", async () => {
		await doubled();
		expect(await merge("localhost:3306", "db1:3306")).toBe("merged");
		expect(await store.inventory.get("localhost:3306")).toBeUndefined();
		expect(await store.aliases.all()).toEqual(
			new Map([["localhost:3306", "db1:3306"]]),
		);
		expect(await store.aliases.nameOf("localhost:3306")).toBe("db1:3306");
		expect(await store.aliases.nameOf("r1:3306")).toBe("r1:3306");
		expect(await homes()).toEqual({
			"db1:3306": "db1:3306",
			"r1:3306": "db1:3306",
			"r2:3306": "db1:3306",
			"r3:3306": "db1:3306",
		});
		expect(await store.aliases.followers("db1:3306")).toBe(2);
		expect(await store.clusters.resolve("localhost:3306", 3306)).toMatchObject({
			identity: "db1:3306",
		});
		expect(
			(await store.inventory.ofCluster("db1:3306")).map(({ name }) => name),
		).toEqual(["db1:3306", "r1:3306", "r2:3306", "r3:3306"]);
	});

	it("loses nothing that was said of it", async () => {
		await doubled();
		const { tags, pools, downtimes, candidates, maintenances, clusters } =
			store;
		const tag = (instance: InstanceName, name: string, value: string) =>
			tags.put({ instance, name, value }, NOW);
		await tag("localhost:3306", "rack", "7");
		await tag("localhost:3306", "owner", "alias");
		await tag("db1:3306", "owner", "db1");
		await pools.submit("a", ["localhost:3306", "db1:3306"], NOW);
		await pools.submit("b", ["localhost:3306"], NOW);
		const downtime = (instance: InstanceName, endsAtMs: number) =>
			downtimes.begin({
				instance,
				owner: "o",
				reason: "r",
				beganAtMs: NOW,
				endsAtMs,
			});
		await downtime("localhost:3306", NOW + 9_000);
		await downtime("db1:3306", NOW + 3_000);
		await candidates.register("localhost:3306", "must_not", NOW);
		await maintenances.begin({
			instance: "localhost:3306",
			owner: "o",
			reason: "m",
			beganAtMs: NOW,
			endsAtMs: 0,
			isExplicitlyBounded: true,
		});
		await clusters.setAliasOverride("localhost:3306", "shop");
		await clusters.setDomain("localhost:3306", "shop.example");
		await merge("localhost:3306", "db1:3306");
		expect(await tags.all()).toEqual([
			{ instance: "db1:3306", name: "owner", value: "db1" },
			{ instance: "db1:3306", name: "rack", value: "7" },
		]);
		expect(
			(await pools.members(0)).map((each) => `${each.pool} ${each.instance}`),
		).toEqual(["a db1:3306", "b db1:3306"]);
		expect(await downtimes.active(NOW)).toMatchObject([
			{ instance: "db1:3306", endsAtMs: NOW + 9_000 },
		]);
		expect(await candidates.since(0)).toMatchObject([
			{ instance: "db1:3306", rule: "must_not" },
		]);
		expect(await maintenances.active(NOW)).toMatchObject([
			{ instance: "db1:3306", reason: "m" },
		]);
		expect(await clusters.byIdentity("db1:3306")).toMatchObject({
			alias: "shop",
			domain: "shop.example",
		});
	});

	it("leaves its fence and its role to the other, and its cluster's name where both were in one", async () => {
		await store.inventory.save([
			server("localhost", 1, { clusterName: "localhost:3306" }),
			below("r1", "localhost", "localhost:3306"),
		]);
		await store.clusters.adopt("localhost:3306", ["localhost:3306", "r1:3306"]);
		await madePrimary(store, "localhost:3306", "localhost:3306");
		await store.fences.put(fence("localhost:3306"));
		await store.fences.put(fence("r9:3306", { successor: "localhost:3306" }));
		expect(await merge("localhost:3306", "db1:3306")).toBe("merged");
		expect(await store.clusters.all()).toMatchObject([
			{
				identity: "localhost:3306",
				clusterName: "db1:3306",
				role: { primary: "db1:3306" },
				countInstances: 2,
			},
		]);
		expect(await store.fences.all()).toMatchObject([
			{ instance: "db1:3306", identity: "localhost:3306" },
			{ instance: "r9:3306", successor: "db1:3306" },
		]);
		expect(await store.inventory.get("db1:3306")).toMatchObject({
			serverId: 1,
			clusterName: "db1:3306",
		});
	});

	it("gives the fence and the role to the cluster of the other, where that has none", async () => {
		await doubled();
		await madePrimary(store, "localhost:3306", "localhost:3306");
		await store.fences.put(fence("localhost:3306"));
		await merge("localhost:3306", "db1:3306");
		expect((await store.roles.all()).get("db1:3306")?.primary).toBe("db1:3306");
		expect(await store.fences.all()).toMatchObject([
			{ instance: "db1:3306", identity: "db1:3306" },
		]);
	});

	it("counts no epoch of the cluster that it has left", async () => {
		await doubled();
		await store.fences.put(fence("localhost:3306", { epoch: 7 }));
		await merge("localhost:3306", "db1:3306");
		const [moved] = await store.fences.all();
		expect(moved).toMatchObject({ identity: "db1:3306" });
		expect(moved?.epoch).toBeUndefined();
	});

	it("contradicts no record of the other's cluster", async () => {
		await doubled();
		await madePrimary(store, "localhost:3306", "localhost:3306");
		await madePrimary(store, "db1:3306", "r1:3306");
		await merge("localhost:3306", "db1:3306");
		expect(
			[...(await store.roles.all())].map(([identity, { primary }]) => [
				identity,
				primary,
			]),
		).toEqual([["db1:3306", "r1:3306"]]);
	});

	it("was never fenced when the fence is about another server at that address", async () => {
		await doubled();
		const other = { uuid: "other", serverId: 5, gtid: "" };
		await store.fences.put(fence("localhost:3306", { server: other }));
		await merge("localhost:3306", "db1:3306");
		expect(await store.fences.all()).toMatchObject([
			{ instance: "localhost:3306" },
		]);
	});

	it("waits for an operation, and stays where another server is on record under it", async () => {
		await doubled();
		await store.operations.claim({
			identity: "localhost:3306",
			workflowId: "w",
			runId: "r",
			kind: "takeover",
			nowMs: NOW,
		});
		expect(await merge("localhost:3306", "db1:3306")).toBe("held");
		await store.operations.release("localhost:3306", "r");
		await store.roles.meet("localhost:3306", {
			primary: "localhost:3306",
			server: { uuid: "other", serverId: 5, gtid: "" },
			sinceMs: NOW,
		});
		expect(await merge("localhost:3306", "db1:3306")).toBe("disputed");
		expect(await store.inventory.get("localhost:3306")).toBeDefined();
		expect(await store.aliases.all()).toEqual(new Map());
	});

	it("goes along when its name becomes an alias in turn, and is free when its server is forgotten", async () => {
		await doubled();
		await merge("localhost:3306", "db1:3306");
		await merge("db1:3306", "db1.example:3306");
		expect(await store.aliases.all()).toEqual(
			new Map([
				["localhost:3306", "db1.example:3306"],
				["db1:3306", "db1.example:3306"],
			]),
		);
		await merge("db1.example:3306", "db1:3306");
		expect(await store.aliases.nameOf("db1:3306")).toBe("db1:3306");
		expect(await store.aliases.remove("localhost:3306")).toBe(true);
		expect(await store.aliases.remove("localhost:3306")).toBe(false);
		await store.inventory.forget("db1:3306");
		expect(await store.aliases.all()).toEqual(new Map());
	});
});

it("tells known servers from one another by what was seen of them", async () => {
	await store.inventory.save([
		server("a", 1, { uptimeSeconds: 100 }),
		server("b", 2),
	]);
	expect(await store.aliases.servers({ serverUuid: "", serverId: 1 })).toEqual([
		expect.objectContaining({ name: "a:3306", serverId: 1 }),
	]);
	expect(await store.aliases.alike()).toEqual([]);
	await store.inventory.save([
		server("c", 1),
		server("m", 5, { serverUuid: "" }),
		server("n", 5, { serverUuid: "" }),
		server("o", 6, { serverUuid: "" }),
	]);
	expect((await store.aliases.alike()).map(({ name }) => name)).toEqual([
		"a:3306",
		"c:3306",
		"m:3306",
		"n:3306",
	]);
});

describe("a name that moves to another server", () => {
	const OLD = PRIMARY;
	const NEXT = server("next", 2);

	/** Replicas name their source by vip, which led to the old primary and leads to the next one now. */
	beforeEach(async () => {
		await store.inventory.save([
			{ ...OLD, clusterName: "vip:3306", name: "vip:3306", host: "vip" },
			below("r1", "vip", "vip:3306"),
			{ ...NEXT, clusterName: "vip:3306" },
		]);
		await store.clusters.adopt("vip:3306", [
			"vip:3306",
			"r1:3306",
			"next:3306",
		]);
		await merge("db1:3306", "vip:3306");
		await merge("localhost:3306", "vip:3306", { server: markOf(NEXT) });
		await madePrimary(store, "vip:3306", "next:3306");
		await store.fences.put(fence("vip:3306", { identity: "vip:3306" }));
	});

	const isWatchedWithItsFence = async () => {
		expect(await store.inventory.get("db1:3306")).toBeDefined();
		expect(await homes()).toMatchObject({ "db1:3306": "vip:3306" });
		expect(await store.fences.all()).toMatchObject([
			{ instance: "db1:3306", identity: "vip:3306", state: "waiting" },
		]);
	};

	const downtime = (instance: InstanceName, reason: string) =>
		store.downtimes.begin({
			instance,
			owner: "o",
			reason,
			beganAtMs: NOW,
			endsAtMs: NOW + 9_000,
		});
	const downtimes = async () =>
		(await store.downtimes.active(NOW)).map(
			({ instance, reason }) => `${instance} ${reason}`,
		);

	it("takes nothing along that was said of the old one: that has it", async () => {
		await downtime("vip:3306", "lost-in-recovery");
		await store.candidates.register("vip:3306", "must_not", NOW);
		await store.tags.put({ instance: "vip:3306", name: "a", value: "1" }, NOW);
		await store.tags.put({ instance: "db1:3306", name: "b", value: "2" }, NOW);
		await store.pools.submit("p", ["vip:3306"], NOW);
		await merge("vip:3306", "next:3306", { server: markOf(NEXT) });
		expect(await downtimes()).toEqual(["db1:3306 lost-in-recovery"]);
		expect(await store.candidates.since(0)).toMatchObject([
			{ instance: "db1:3306", rule: "must_not" },
		]);
		expect(await store.tags.all()).toEqual([
			{ instance: "db1:3306", name: "a", value: "1" },
			{ instance: "db1:3306", name: "b", value: "2" },
		]);
		expect(await store.pools.members(0)).toMatchObject([
			{ instance: "db1:3306" },
		]);
	});

	it("leaves what was said of the old one behind where that has no other name", async () => {
		await store.aliases.remove("db1:3306");
		await downtime("vip:3306", "lost-in-recovery");
		await store.candidates.register("vip:3306", "must_not", NOW);
		await merge("vip:3306", "next:3306", { server: markOf(NEXT) });
		expect(await downtimes()).toEqual(["vip:3306 lost-in-recovery"]);
		expect(await store.candidates.since(0)).toMatchObject([
			{ instance: "vip:3306" },
		]);
	});

	it("is told from another one by what was seen there, where nothing else is on record of it", async () => {
		await store.aliases.remove("db1:3306");
		await store.fences.remove("vip:3306");
		await store.candidates.register("vip:3306", "must_not", NOW);
		await merge("vip:3306", "next:3306", { server: markOf(NEXT) });
		expect(await store.candidates.since(0)).toMatchObject([
			{ instance: "vip:3306" },
		]);
	});

	it("makes no primary on record one that was lost, and takes no other downtime from it", async () => {
		await store.inventory.save([{ ...NEXT, name: "vip:3306", host: "vip" }]);
		await store.fences.remove("vip:3306");
		await downtime("vip:3306", "lost-in-recovery");
		await downtime("next:3306", "upgrade");
		await merge("vip:3306", "next:3306", { server: markOf(NEXT) });
		expect(await downtimes()).toEqual(["next:3306 upgrade"]);
	});

	it("takes names along of which nobody knows which server they were", async () => {
		await store.aliases.mark("db1:3306", NO_MARK);
		await merge("vip:3306", "next:3306", { server: markOf(NEXT) });
		expect(await store.aliases.nameOf("db1:3306")).toBe("next:3306");
		expect(await store.inventory.get("db1:3306")).toBeUndefined();
		expect(await store.fences.all()).toMatchObject([{ instance: "vip:3306" }]);
	});

	it("leaves an open fence where the old one's name has one that has ended, or that was another's", async () => {
		for (const held of [
			fence("db1:3306", {
				identity: "vip:3306",
				state: "rejoined",
				sinceMs: NOW - 1,
			}),
			fence("db1:3306", { server: markOf(server("x", 9)) }),
		]) {
			await store.fences.put(held);
			await store.aliases.release("db1:3306");
			expect(await store.fences.get("db1:3306")).toEqual(
				fence("db1:3306", { identity: "vip:3306" }),
			);
			await merge("db1:3306", "vip:3306");
			await store.fences.put(fence("vip:3306", { identity: "vip:3306" }));
		}
	});

	it("keeps its own fence when a further address is released while it does not answer", async () => {
		await downtime("vip:3306", "lost-in-recovery");
		await store.aliases.release("db1:3306");
		expect(await store.fences.all()).toMatchObject([
			{ instance: "db1:3306", state: "waiting" },
			{ instance: "vip:3306", state: "waiting" },
		]);
		expect(await downtimes()).toEqual([
			"db1:3306 lost-in-recovery",
			"vip:3306 lost-in-recovery",
		]);
	});

	it("keeps none when another server answers there", async () => {
		await store.inventory.save([{ ...NEXT, name: "vip:3306", host: "vip" }]);
		await downtime("vip:3306", "lost-in-recovery");
		await store.aliases.release("db1:3306");
		expect(await downtimes()).toEqual(["db1:3306 lost-in-recovery"]);
		await isWatchedWithItsFence();
	});

	it("takes no name of the old one along: that is an instance again, with its fence", async () => {
		expect(await merge("vip:3306", "next:3306", { server: markOf(NEXT) })).toBe(
			"merged",
		);
		expect(await store.aliases.all()).toEqual(
			new Map([
				["localhost:3306", "next:3306"],
				["vip:3306", "next:3306"],
			]),
		);
		await isWatchedWithItsFence();
	});

	it("leaves them behind when it leaves the cluster", async () => {
		await store.clusters.resettle("vip:3306");
		expect(await store.aliases.all()).toEqual(new Map());
		await isWatchedWithItsFence();
	});

	it("stands for them no more when they are released", async () => {
		expect(await store.aliases.release("db1:3306")).toBe(true);
		expect(await store.aliases.release("db1:3306")).toBe(false);
		expect(await store.inventory.get("db1:3306")).toBeDefined();
		expect(await homes()).toMatchObject({ "db1:3306": "vip:3306" });
	});

	it("is of another server when that is proved", async () => {
		await store.aliases.mark("db1:3306", markOf(NEXT));
		expect(await store.aliases.marks()).toEqual(
			new Map([
				["db1:3306", markOf(NEXT)],
				["localhost:3306", markOf(NEXT)],
			]),
		);
	});

	it("does not become an alias while another server is on record under it, nor take an alias", async () => {
		await store.inventory.forget("next:3306");
		await store.roles.meet("vip:3306", {
			primary: "vip:3306",
			server: markOf(OLD),
			sinceMs: NOW,
		});
		for (const [alias, canonical] of [
			["vip:3306", "next:3306"],
			["next:3306", "vip:3306"],
		] as const)
			expect(await merge(alias, canonical, { server: markOf(NEXT) })).toBe(
				"disputed",
			);
	});
});

describe("a recorded primary", () => {
	it("becomes another one's alias by decision only", async () => {
		await doubled();
		await madePrimary(store, "localhost:3306", "localhost:3306");
		expect(
			await merge("localhost:3306", "db1:3306", { isDecided: false }),
		).toBe("recorded");
		expect(await store.aliases.all()).toEqual(new Map());
		expect(await store.inventory.get("localhost:3306")).toBeDefined();
		expect(await merge("localhost:3306", "db1:3306")).toBe("merged");
	});

	it("is a server like any other where it was merely met, alone in its cluster", async () => {
		await store.inventory.save([PRIMARY, server("localhost", 1)]);
		await store.clusters.adopt("localhost:3306", ["localhost:3306"]);
		const met = { server: markOf(PRIMARY), sinceMs: NOW };
		await store.roles.meet("localhost:3306", {
			...met,
			primary: "localhost:3306",
		});
		expect(
			await merge("localhost:3306", "db1:3306", { isDecided: false }),
		).toBe("merged");
	});

	it.each<[string, word: Role["word"], at: number, kept: InstanceName]>([
		["an operation's word against a meeting", "operation", 1, "db1:3306"],
		["a person's word against a meeting", "person", 1, "db1:3306"],
		["the newer meeting", "met", 9, "db1:3306"],
		["not the older meeting", "met", 1, "r1:3306"],
	])(
		"keeps its place in the cluster of both: %s",
		async (_, word, at, kept) => {
			await doubled();
			const role = { server: markOf(PRIMARY), epoch: 0 };
			await store.roles.write("localhost:3306", {
				...role,
				primary: "localhost:3306",
				word,
				sinceMs: at,
			});
			await store.roles.meet("db1:3306", {
				server: NO_MARK,
				primary: "r1:3306",
				sinceMs: 5,
			});
			await merge("localhost:3306", "db1:3306");
			expect(
				[...(await store.roles.all())].map(([identity, { primary }]) => [
					identity,
					primary,
				]),
			).toEqual([["db1:3306", kept]]);
			expect(await store.clusters.byIdentity("db1:3306")).toMatchObject({
				clusterName: kept,
			});
		},
	);
});

describe("a server that calls itself otherwise than it is contacted by", () => {
	beforeEach(async () => {
		await store.inventory.save([PRIMARY]);
		await store.clusters.adopt("db1:3306", ["db1:3306"]);
		await store.hostnames.saveResolve({
			hostname: "10.0.0.1",
			resolved: "db1",
			atMs: NOW,
		});
	});

	it("is meant by both names, at the port at which it is known", async () => {
		expect(await store.aliases.nameOf("10.0.0.1:3306")).toBe("db1:3306");
		expect(await store.aliases.nameOf("10.0.0.1:3307")).toBe("10.0.0.1:3307");
		expect(await store.aliases.nameOf("10.0.0.2:3306")).toBe("10.0.0.2:3306");
	});

	it("is not meant where another one is known by that very name", async () => {
		await store.inventory.save([server("10.0.0.1", 2)]);
		expect(await store.aliases.nameOf("10.0.0.1:3306")).toBe("10.0.0.1:3306");
	});

	it("selects its cluster by both", async () => {
		expect(await store.clusters.resolve("10.0.0.1", 3306)).toMatchObject({
			identity: "db1:3306",
		});
	});
});
