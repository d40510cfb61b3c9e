import { afterAll, beforeAll, expect, test } from "vitest";
import {
	serveTemporaryApi,
	type TemporaryApi,
} from "../../test/support/temporary-api.ts";

let served: TemporaryApi;
beforeAll(async () => {
	served = await serveTemporaryApi({
		config: {
			RecoverMasterClusterFilters: ["orders"],
			ProblemIgnoreHostnameFilters: ["^ignored"],
		},
	});
	const [, replica] = await served.fill();
	if (replica === undefined) throw new Error("no replica");
	await served.store.inventory.save([
		{
			...replica,
			replication: { ...replica.replication, applier: 0 },
		},
	]);
});
afterAll(() => served.stop());

const json = async (path: string) => {
	const response = await fetch(`${served.address}/api/${path}`);
	return { status: response.status, body: await response.json() };
};
const bodyOf = async (path: string) => {
	const { status, body } = await json(path);
	expect(status, JSON.stringify(body)).toBe(200);
	return body;
};
const hosts = (body: { Key: { Hostname: string } }[]) =>
	body.map((each) => each.Key.Hostname);

test.each([
	"cluster/db1:3306",
	"cluster/orders",
	"cluster/db3:3306",
	"cluster/db3",
	"cluster/alias/orders",
	"cluster/instance/db2/3306",
])("%s lists the members", async (path) => {
	expect(hosts(await bodyOf(path))).toEqual(["db1", "db2", "db3"]);
});

test("an unknown cluster is an error", async () => {
	const { status, body } = await json("cluster/nope");
	expect(status).toBe(500);
	expect(body.Message).toContain("unable to determine cluster name");
	expect((await json("cluster/ordres")).body.Message).toBe(
		"unable to determine cluster name. clusterHint=ordres; did you mean orders?; clusters-alias lists the known clusters",
	);
});

test("clusters, and what is known of each", async () => {
	expect(await bodyOf("clusters")).toEqual(["db1:3306"]);
	const info = {
		ClusterName: "db1:3306",
		ClusterAlias: "orders",
		ClusterDomain: "",
		CountInstances: 3,
		HeuristicLag: 0,
		HasAutomatedMasterRecovery: true,
		HasAutomatedIntermediateMasterRecovery: false,
	};
	expect(await bodyOf("clusters-info")).toEqual([info]);
	expect(await bodyOf("cluster-info/db2:3306")).toEqual(info);
	expect(await bodyOf("cluster-info/alias/orders")).toEqual(info);
});

test("primaries", async () => {
	expect((await bodyOf("master/orders")).Key.Hostname).toBe("db1");
	expect(hosts(await bodyOf("masters"))).toEqual(["db1"]);
});

test("topology by hint and by instance, as text", async () => {
	const { Details } = await bodyOf("topology/orders");
	expect(Details.split("\n")).toHaveLength(3);
	expect(Details).toContain("db1:3306");
	expect((await bodyOf("topology/db2/3306")).Details).toBe(Details);
	expect((await bodyOf("topology-tabulated/orders")).Details).toContain("|");
});

test("an instance, exactly and by part of its host", async () => {
	expect((await bodyOf("instance/db2/3306")).MasterKey.Hostname).toBe("db1");
	expect((await bodyOf("instance/b3/3306")).Key.Hostname).toBe("db3");
	expect((await json("instance/db2/x")).body.Message).toBe("invalid port");
	expect((await json("instance/other/3306")).body.Code).toBe("ERROR");
});

test("lists", async () => {
	expect(hosts(await bodyOf("instance-replicas/db1/3306"))).toEqual([
		"db2",
		"db3",
	]);
	expect(await bodyOf("instance-replicas/none/1")).toEqual([]);
	expect(hosts(await bodyOf("all-instances"))).toEqual(["db1", "db2", "db3"]);
	expect(hosts(await bodyOf("search/DB3"))).toEqual(["db3"]);
	expect(await bodyOf("search?s=8.4%0A")).toHaveLength(3);
	expect(await bodyOf("downtimed")).toEqual([]);
	expect(await bodyOf("downtimed/orders")).toEqual([]);
});

test("problems, of all clusters and of those whose name is alike", async () => {
	const all = await bodyOf("problems");
	expect(hosts(all)).toEqual(["db2"]);
	expect(all[0].Problems).toEqual(["not_replicating"]);
	expect(await bodyOf("problems/db_:3306")).toHaveLength(1);
	expect(await bodyOf("problems/db1")).toEqual([]);
});

test("analysis answers an envelope with a list", async () => {
	for (const path of [
		"replication-analysis",
		"replication-analysis/orders",
		"replication-analysis/unknown",
		"replication-analysis/instance/db1/3306",
	])
		expect((await bodyOf(path)).Details).toEqual([]);
});

test.each([
	"audit-recovery",
	"audit-recovery/0/",
	"audit-recovery/x",
	"audit-recovery/id/1",
	"audit-recovery/uid/a:b",
	"audit-recovery/cluster/db1:3306/0",
	"audit-recovery/alias/orders?unacknowledged=true",
	"audit-recovery-steps/a:b",
	"audit-failure-detection",
	"audit-failure-detection/1",
	"audit-failure-detection/id/0",
	"audit-failure-detection/alias/orders/0",
	"blocked-recoveries",
	"blocked-recoveries/cluster/db1:3306",
	"active-cluster-recovery/db1:3306",
	"recently-active-cluster-recovery/db1:3306",
	"recently-active-instance-recovery/db1/3306",
	"audit",
	"audit/0",
	"audit/instance/db1/3306",
	"audit/instance/db1/3306/0",
	"baton/operations",
])("%s is an empty list", async (path) => {
	expect(await bodyOf(path)).toEqual([]);
});

test("health and status say the same", async () => {
	const health = await bodyOf("health");
	expect(health.Details).toMatchObject({
		Healthy: true,
		Hostname: "node1",
		IsActiveNode: true,
		Error: null,
		IsRaftLeader: false,
	});
	expect((await bodyOf("status")).Details.Token).toBe(health.Details.Token);
});

test("leader checks", async () => {
	expect(await json("leader-check")).toEqual({ status: 200, body: "OK" });
	served.state.isLeader = false;
	expect(await json("leader-check")).toEqual({
		status: 404,
		body: "Not leader",
	});
	expect((await json("leader-check/503")).status).toBe(503);
	expect((await json("leader-check/soon")).status).toBe(404);
	expect((await json("leader-check/42")).status).toBe(404);
	served.state.isLeader = true;
});

test("a broken filter of problems ignores nothing, and fails nothing", async () => {
	const other = await serveTemporaryApi({
		config: { ProblemIgnoreHostnameFilters: ["("] },
	});
	try {
		const response = await fetch(`${other.address}/api/problems`);
		expect(await response.json()).toEqual([]);
	} finally {
		await other.stop();
	}
});

test("headers are echoed in canonical form", async () => {
	const response = await fetch(`${served.address}/api/headers`, {
		headers: { "x-some-thing": "1", cookie: "secret=1" },
	});
	const body = await response.json();
	expect(body["X-Some-Thing"]).toEqual(["1"]);
	expect(body).not.toHaveProperty("Cookie");
});

test("which clusters recover by themselves", async () => {
	expect((await bodyOf("automated-recovery-filters")).Details).toEqual({
		RecoverMasterClusterFilters: ["orders"],
		RecoverIntermediateMasterClusterFilters: [],
		RecoveryIgnoreHostnameFilters: [],
	});
	expect((await bodyOf("check-global-recoveries")).Details).toBe("enabled");
});
