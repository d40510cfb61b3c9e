/** A cluster whose primary died and was replaced: what was of it before is its own still. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { madePrimary } from "../../test/support/made-primary.ts";
import {
	serveTemporaryApi,
	type TemporaryApi,
} from "../../test/support/temporary-api.ts";

let served: TemporaryApi;

/** db1 died, db2 took its place, and db3 follows it; the cluster has its name of db2. */
beforeAll(async () => {
	served = await serveTemporaryApi();
	await served.fill();
	const { inventory, recoveries } = served.store;
	const nowMs = Date.now();
	const { uid } = await recoveries.open({
		uid: "u1",
		identity: "db1:3306",
		instance: "db1:3306",
		analysis: "DeadMaster",
		clusterName: "db1:3306",
		clusterAlias: "orders",
		replicas: ["db2:3306", "db3:3306"],
		detectionId: 0,
		nowMs,
	});
	const [db2, db3] = await Promise.all(
		(["db2:3306", "db3:3306"] as const).map((each) => inventory.get(each)),
	);
	if (db2 === undefined || db3 === undefined) throw new Error("not filled");
	const renamed = { clusterName: "db2:3306" };
	await inventory.save([
		{
			...db2,
			...renamed,
			depth: 0,
			readOnly: false,
			replication: { ...db2.replication, sourceHost: "", sourcePort: 0 },
		},
		{
			...db3,
			...renamed,
			replication: { ...db3.replication, sourceHost: "db2" },
		},
	]);
	await madePrimary(served.store, "db1:3306", "db2:3306");
	expect(await bodyOf("active-cluster-recovery/db2:3306")).toMatchObject([
		{ UID: "u1" },
	]);
	await recoveries.resolve(uid, {
		isSuccessful: true,
		successor: "db2:3306",
		successorAlias: "",
		participating: [],
		lostReplicas: [],
		errors: [],
		nowMs,
	});
});
afterAll(() => served.stop());

const bodyOf = async (path: string) => {
	const response = await fetch(`${served.address}/api/${path}`);
	const body = await response.json();
	expect(response.status, JSON.stringify(body)).toBe(200);
	return body;
};

test.each([
	"cluster/db2:3306",
	"cluster/orders",
	"cluster/alias/orders",
	"cluster/instance/db1/3306",
	"cluster/instance/db2/3306",
])("%s lists the primary that was replaced", async (path) => {
	const instances: { Key: { Hostname: string } }[] = await bodyOf(path);
	expect(instances.map((each) => each.Key.Hostname)).toEqual([
		"db1",
		"db2",
		"db3",
	]);
});

test.each([
	"topology/orders",
	"topology/db1/3306",
	"topology-tabulated/orders",
	"topology-tags/orders",
])("%s draws it behind the tree", async (path) => {
	const { Details, Message } = await bodyOf(path);
	expect(Message).toBe("Topology for cluster db2:3306");
	expect(
		String(Details)
			.split("\n")
			.map((line) => line.split(/ *[[|]/)[0]),
	).toEqual(["db2:3306", "+ db3:3306", "db1:3306"]);
});

test.each([
	"audit-recovery/cluster/db2:3306",
	"audit-recovery/cluster/db1:3306",
	"audit-recovery/cluster/db2:3306/0",
	"recently-active-cluster-recovery/db2:3306",
])("%s knows the recovery of before", async (path) => {
	expect(await bodyOf(path)).toMatchObject([
		{
			UID: "u1",
			AnalysisEntry: { ClusterDetails: { ClusterName: "db1:3306" } },
		},
	]);
});

test("the recovery is of no other cluster", async () => {
	expect(await bodyOf("audit-recovery/cluster/nobody:3306")).toEqual([]);
	expect(await bodyOf("recently-active-cluster-recovery/db3:3306")).toEqual([]);
});
