import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { madePrimary } from "../../../test/support/made-primary.ts";
import { server } from "../../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import type { Store } from "../contract.ts";

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const known = (address: string, clusterName: string) =>
	server(address, 1, { clusterName });

const tables = async () => ({
	alias: await stores.sql("select * from cluster_alias"),
	override: await stores.sql("select * from cluster_alias_override"),
	domain: await stores.sql("select * from cluster_domain_name"),
});

describe("identity", () => {
	it("is named after the first primary, and outlives it", async () => {
		const { clusters } = store;
		const identity = await clusters.adopt("db1:3306", ["db1:3306", "db2:3306"]);
		expect(identity).toBe("db1:3306");
		await madePrimary(store, identity, "db2:3306");
		expect(await clusters.adopt("db2:3306", ["db2:3306", "db3:3306"])).toBe(
			identity,
		);
		expect(await clusters.identityOf("db3:3306")).toBe(identity);
		await store.close();
		store = await stores.open();
		expect(await store.clusters.byIdentity(identity)).toEqual({
			identity,
			clusterName: "db2:3306",
			alias: "db2:3306",
			domain: "",
			epoch: 0,
			role: expect.objectContaining({ primary: "db2:3306" }),
		});
	});

	it("of the first member that has one decides; clusters merge into it", async () => {
		const { clusters } = store;
		await clusters.adopt("a:1", ["a:1", "a2:1"]);
		await clusters.adopt("b:1", ["b:1"]);
		expect(await clusters.adopt("n:1", ["n:1", "b:1", "a:1"])).toBe("b:1");
		expect(await clusters.all()).toEqual([
			expect.objectContaining({ identity: "a:1", countInstances: 1 }),
			expect.objectContaining({
				identity: "b:1",
				clusterName: "n:1",
				countInstances: 3,
			}),
		]);
	});

	it("is not given to two clusters, even when both were born with the same name", async () => {
		const { clusters } = store;
		const first = await clusters.adopt("db1:3306", ["db1:3306", "db2:3306"]);
		await madePrimary(store, first, "db2:3306");
		await store.inventory.save([known("db1", "db2:3306")]);
		await store.inventory.forget("db1:3306");
		await store.inventory.recall("db1:3306");
		const second = await clusters.adopt("db1:3306", ["db1:3306"]);
		expect(second).toBe("db1:3306~2");
		expect(await clusters.resolve("db1:3306", 3306)).toMatchObject({
			identity: second,
		});
	});

	it("that lost all its members keeps its epoch for whoever gets it next", async () => {
		const { clusters, operations } = store;
		await clusters.adopt("db1:3306", ["db1:3306"]);
		await operations.claim({
			identity: "db1:3306",
			workflowId: "w",
			runId: "r",
			kind: "k",
			nowMs: 1,
		});
		await operations.release("db1:3306", "r");
		await store.inventory.forget("db1:3306");
		expect(await clusters.all()).toEqual([]);
		await store.inventory.recall("db1:3306");
		expect(await clusters.adopt("db1:3306", ["db1:3306"])).toBe("db1:3306");
		expect(await clusters.byIdentity("db1:3306")).toMatchObject({ epoch: 1 });
	});

	it("two clusters never go by one name", async () => {
		const { clusters } = store;
		await clusters.adopt("a:1", ["a:1"]);
		await clusters.adopt("b:1", ["b:1"]);
		await madePrimary(store, "b:1", "a:1");
		const names = (await clusters.all()).map((each) => each.clusterName);
		expect(new Set(names).size).toBe(2);
		expect(await clusters.resolve("a:1", 1)).toMatchObject({ identity: "b:1" });
	});

	it("of rows that nobody adopted is their cluster name", async () => {
		await store.inventory.save([
			known("x1", "x1:3306"),
			known("x2", "x1:3306"),
		]);
		expect(await store.clusters.all()).toEqual([
			{
				identity: "x1:3306",
				clusterName: "x1:3306",
				alias: "x1:3306",
				domain: "",
				epoch: 0,
				countInstances: 2,
			},
		]);
		expect(await store.clusters.identityOf("x2:3306")).toBe("x1:3306");
		expect(await store.clusters.identityOf("x3:3306")).toBeUndefined();
	});
});

describe("a hint", () => {
	beforeEach(async () => {
		await store.inventory.save([
			known("prod-db1.example", "prod-db1.example:3306"),
			known("prod-db2.example", "prod-db1.example:3306"),
			known("10.0.0.1:3307", "10.0.0.1:3307"),
		]);
		await store.clusters.adopt("prod-db1.example:3306", [
			"prod-db1.example:3306",
			"prod-db2.example:3306",
		]);
		await madePrimary(store, "prod-db1.example:3306", "prod-db2.example:3306");
		await store.clusters.setSuggestedAlias("prod-db2.example:3306", "prod");
	});

	it.each([
		["its name", "prod-db2.example:3306"],
		["its alias", "prod"],
		["its identity, or a name that rows still have", "prod-db1.example:3306"],
		["a member", "prod-db1.example"],
		["part of a member's host", "db2.exam"],
		["part of a member's host in any case", "DB2.Exam"],
	])("finds the cluster by %s", async (_, hint) => {
		expect(await store.clusters.resolve(hint, 3306)).toMatchObject({
			identity: "prod-db1.example:3306",
			clusterName: "prod-db2.example:3306",
			alias: "prod",
		});
	});

	it.each([
		"",
		"prod-db",
		"nobody",
		"10.0.0",
		"prod-db1.example:3307",
		"no such text",
	])("%j finds none", async (hint) => {
		expect(await store.clusters.resolve(hint, 3306)).toBeUndefined();
	});

	it("takes the port it is told for a bare host", async () => {
		expect(await store.clusters.resolve("10.0.0.1", 3307)).toMatchObject({
			identity: "10.0.0.1:3307",
		});
	});
});

describe("aliases", () => {
	const aliasOf = async (identity: string) =>
		(await store.clusters.byIdentity(identity))?.alias;

	beforeEach(async () => {
		await store.clusters.adopt("a:1", ["a:1", "a2:1"]);
		await store.clusters.adopt("b:1", ["b:1"]);
	});

	it("override beats suggestion beats name", async () => {
		const { clusters } = store;
		expect(await aliasOf("a:1")).toBe("a:1");
		await clusters.setSuggestedAlias("a:1", "suggested");
		expect(await aliasOf("a:1")).toBe("suggested");
		await clusters.setAliasOverride("a:1", "override");
		await clusters.setSuggestedAlias("a:1", "suggested");
		expect(await aliasOf("a:1")).toBe("override");
		await clusters.setAliasOverride("a:1", "");
		expect(await aliasOf("a:1")).toBe("a:1");
		await clusters.setSuggestedAlias("a:1", "suggested");
		expect(await aliasOf("a:1")).toBe("suggested");
		await clusters.setSuggestedAlias("a:1", "");
		expect(await aliasOf("a:1")).toBe("a:1");
	});

	it("are unique: the second claimant takes it", async () => {
		const { clusters } = store;
		await clusters.setSuggestedAlias("a:1", "shop");
		await clusters.setSuggestedAlias("b:1", "shop");
		expect(await aliasOf("a:1")).toBe("a:1");
		expect(await aliasOf("b:1")).toBe("shop");
		expect(await clusters.resolve("shop", 1)).toMatchObject({
			identity: "b:1",
		});
	});

	it("move with the primary, and so do override and domain", async () => {
		const { clusters } = store;
		await clusters.setAliasOverride("a:1", "shop");
		await clusters.setDomain("a:1", "shop.example");
		await madePrimary(store, "a:1", "a2:1");
		expect(await clusters.byIdentity("a:1")).toMatchObject({
			clusterName: "a2:1",
			alias: "shop",
			domain: "shop.example",
		});
		expect(await tables()).toMatchObject({
			alias: [{ cluster_name: "a2:1", alias: "shop" }],
			override: [{ cluster_name: "a2:1", alias: "shop" }],
			domain: [{ cluster_name: "a2:1", domain_name: "shop.example" }],
		});
	});

	it("that are only the name do not move with it", async () => {
		const { clusters } = store;
		await clusters.setSuggestedAlias("a:1", "");
		await madePrimary(store, "a:1", "a2:1");
		expect(await aliasOf("a:1")).toBe("a2:1");
		expect((await tables()).alias).toEqual([]);
	});

	it("domains can be taken away", async () => {
		await store.clusters.setDomain("a:1", "d");
		await store.clusters.setDomain("a:1", "");
		expect((await tables()).domain).toEqual([]);
	});
});

it("that a cluster has markers is noted with the time of the last one, as the reference reads it", async () => {
	const atMs = Date.UTC(2026, 0, 2, 3, 4, 5);
	await store.clusters.setMarked("db1:3306", atMs - 60_000);
	await store.clusters.setMarked("db1:3306", atMs);
	expect(
		await stores.sql("select * from cluster_injected_pseudo_gtid"),
	).toEqual([
		{ cluster_name: "db1:3306", time_injected: "2026-01-02 03:04:05" },
	]);
});
