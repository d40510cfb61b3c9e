/** What was recorded, and lists that other programs read whole. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
	serveTemporaryApi,
	type TemporaryApi,
} from "../../test/support/temporary-api.ts";
import type { Instance } from "../topology/instance.ts";

let served: TemporaryApi;
beforeAll(async () => {
	served = await serveTemporaryApi({
		config: {
			OSCIgnoreHostnameFilters: ["^db3:"],
			ClusterNameToAlias: { "^lone": "hermit" },
		},
	});
	await served.fill();
});
afterAll(() => served.stop());

const bodyOf = async (path: string) => {
	const response = await fetch(`${served.address}/api/${path}`);
	const body = await response.json();
	expect(response.status, JSON.stringify(body)).toBe(200);
	return body;
};
const key = (host: string) => ({ Hostname: host, Port: 3306 });

test("a snapshot of all topologies says how long it took", async () => {
	const { Details } = await bodyOf("snapshot-topologies");
	expect(Details).toMatch(/^Took [\d.]+(µs|ms|s)$/);
	const [at = 0] = await served.store.topologySnapshots.times();
	expect(await served.store.topologySnapshots.at(at, "db1:3306")).toHaveLength(
		3,
	);
});

test("the changelog of the analysis, by instance", async () => {
	expect(await bodyOf("replication-analysis-changelog")).toEqual([]);
	const atMs = Date.UTC(2026, 0, 1, 12);
	const note = (analysis: string, seconds: number) =>
		served.store.changelog.note(
			(["db2:3306", "db1:3306"] as const).map((instance) => ({
				instance,
				analysis,
			})),
			atMs + seconds * 1000,
		);
	await note("NoProblem", 0);
	await note("DeadMaster", 1);
	await note("NoProblem", 2);
	const changelog = [
		"2026-01-01 12:00:01;DeadMaster,",
		"2026-01-01 12:00:02;NoProblem,",
	];
	expect(await bodyOf("replication-analysis-changelog")).toEqual([
		{ AnalyzedInstanceKey: key("db1"), Changelog: changelog },
		{ AnalyzedInstanceKey: key("db2"), Changelog: changelog },
	]);
});

test.each(["cluster-osc-slaves", "cluster-osc-replicas"])(
	"%s lists control replicas, but not ignored ones",
	async (path) => {
		const body = await bodyOf(`${path}/orders`);
		expect(body.map((each: { Key: unknown }) => each.Key)).toEqual([
			key("db2"),
		]);
	},
);

test("the tree with tags", async () => {
	await served.store.tags.put(
		{ instance: "db2:3306", name: "role", value: "batch" },
		Date.now(),
	);
	await served.store.tags.put(
		{ instance: "db2:3306", name: "cold", value: "" },
		Date.now(),
	);
	const { Details } = await bodyOf("topology-tags/orders");
	const lines = Details.split("\n");
	expect(lines).toHaveLength(3);
	expect(lines[0]).toMatch(/ \[\]$/);
	expect(lines[1]).toMatch(/db2:3306 .* \[cold,role=batch\]$/);
	expect((await bodyOf("topology-tags/db3/3306")).Details).toBe(Details);
});

test("primaries for service discovery", async () => {
	const pairs = [
		{ Key: "mysql/master/orders", Value: "db1:3306" },
		{ Key: "mysql/master/orders/hostname", Value: "db1" },
		{ Key: "mysql/master/orders/port", Value: "3306" },
		{ Key: "mysql/master/orders/ipv4", Value: "" },
		{ Key: "mysql/master/orders/ipv6", Value: "" },
	];
	expect((await bodyOf("submit-masters-to-kv-stores")).Details).toEqual(pairs);
	expect(
		(await bodyOf("submit-masters-to-kv-stores/db2:3306")).Details,
	).toEqual(pairs);
	expect(await served.store.keyValues.get("mysql/master/orders/port")).toBe(
		"3306",
	);
});

test("bulk lists", async () => {
	expect(await bodyOf("bulk-instances")).toEqual([
		key("db1"),
		key("db2"),
		key("db3"),
	]);
	expect(await bodyOf("bulk-promotion-rules")).toEqual([]);
	const atMs = Math.floor(Date.now() / 1000) * 1000;
	await served.store.candidates.register("db2:3306", "prefer", atMs);
	const text = (ms: number) =>
		new Date(ms).toISOString().slice(0, 19).replace("T", " ");
	expect(await bodyOf("bulk-promotion-rules")).toEqual([
		{
			Hostname: "db2",
			Port: 3306,
			PromotionRule: "prefer",
			LastSuggestedString: text(atMs),
			PromotionRuleExpiry: text(atMs + 3_600_000),
		},
	]);
});

test("an instance with a problem is one whose name has no problem filter; a downtimed one is listed apart", async () => {
	await served.store.downtimes.begin({
		instance: "db3:3306",
		owner: "ann",
		reason: "disk",
		beganAtMs: Date.now(),
		endsAtMs: Date.now() + 60_000,
	});
	// Not compared with each other: the seconds since it was seen may differ.
	for (const path of ["downtimed/orders", "downtimed"])
		expect(await bodyOf(path)).toMatchObject([
			{ Key: key("db3"), IsDowntimed: true, DowntimeReason: "disk" },
		]);
});

test("the audit of what is no instance is the audit of all", async () => {
	await bodyOf("begin-downtime/db2/3306/ann/disk/5m");
	await bodyOf("tag/db3/3306/role/x");
	const types = async (path: string) =>
		new Set(
			(await bodyOf(path)).map((each: { AuditType: string }) => each.AuditType),
		);
	expect(await types("audit/instance/db3/3306")).toEqual(
		new Set(["put-instance-tag", "api-tag"]),
	);
	expect(await types("audit/instance/db3/x")).toEqual(await types("audit"));
	expect(await types("audit/instance/db3/0/0")).toEqual(await types("audit"));
});

test("an instance shows the virtual name of its host", async () => {
	await bodyOf("register-hostname-unresolve/db2/3306/vip");
	expect(await bodyOf("instance/db2/3306")).toMatchObject({
		UnresolvedHostname: "vip",
	});
	expect(await bodyOf("instance/db3/3306")).toMatchObject({
		UnresolvedHostname: "",
	});
});

test("nodes that serve are available, command lines are not", async () => {
	const beat = { token: "t", nowMs: Date.now() };
	const { nodes } = served.store;
	await nodes.beat({ ...beat, hostname: "serves", command: "http" });
	await nodes.beat({ ...beat, hostname: "tags", command: "tag" });
	const { Details } = await bodyOf("health");
	expect(
		Details.AvailableNodes.map((each: { Hostname: string }) => each.Hostname),
	).toEqual(["serves"]);
});

test("an analysis tells the domain of its cluster, as the cluster table has it", async () => {
	await served.store.clusters.setDomain("db1:3306", "orders.example.com");
	const source = await served.store.inventory.get("db1:3306");
	if (source === undefined) throw new Error("no primary");
	const check = { ...source.check, seenAtMs: 0, checkedAtMs: Date.now() };
	await served.store.inventory.save([
		{ ...source, check: { ...check, outcome: "timeout" } },
	]);
	const { Details } = await bodyOf("replication-analysis/orders");
	expect(
		Details.map((each: { ClusterDetails: { ClusterDomain: string } }) => [
			each.ClusterDetails.ClusterDomain,
		]),
	).toContainEqual(["orders.example.com"]);
});

test("ClusterNameToAlias names a cluster that has no alias in the table", async () => {
	const { inventory } = served.store;
	const source = await inventory.get("db1:3306");
	if (source === undefined) throw new Error("no primary");
	const lone: Partial<Instance> = {
		host: "lone",
		name: "lone:3306",
		clusterName: "lone:3306",
	};
	await inventory.save([{ ...source, ...lone, replicas: [] }]);
	for (const path of [
		"cluster-info/hermit",
		"cluster-info/alias/hermit",
		"cluster-info/lone:3306",
	])
		expect(await bodyOf(path)).toMatchObject({
			ClusterName: "lone:3306",
			ClusterAlias: "hermit",
		});
});
