import { afterEach, beforeEach, expect, it } from "vitest";
import { seenAt } from "../../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import { type Instance, unknownInstance } from "../../topology/instance.ts";
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import type { Store } from "../contract.ts";

const T0 = Date.UTC(2026, 0, 1, 12);
const HOUR = 3_600_000;

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const seen = (
	name: InstanceName,
	atMs: number,
	more: Partial<Instance> = {},
): Instance => {
	const { host, port } = splitName(name);
	return { ...unknownInstance(host, port), check: seenAt(atMs), ...more };
};

it("lists the shallowest first, then who has most replicas, then by cluster and name", async () => {
	await store.inventory.save([
		seen("leaf:3306", T0, { depth: 2, clusterName: "a" }),
		seen("z:3306", T0, { clusterName: "b", replicas: ["y:1", "x:1"] }),
		seen("one:3306", T0, { clusterName: "a", replicas: ["x:1"] }),
		seen("two:3307", T0, { clusterName: "a" }),
		seen("two:3306", T0, {
			clusterName: "a",
			version: "8.4.6",
			versionComment: "Source distribution",
			suggestedClusterAlias: "orders",
			serverId: 7,
			readOnly: true,
			isCoMaster: true,
		}),
	]);
	const listed = await store.inventory.listed();
	expect(listed.map((each) => each.name)).toEqual([
		"z:3306",
		"one:3306",
		"two:3306",
		"two:3307",
		"leaf:3306",
	]);
	expect(listed[2]).toEqual({
		name: "two:3306",
		host: "two",
		port: 3306,
		clusterName: "a",
		suggestedClusterAlias: "orders",
		version: "8.4.6",
		versionComment: "Source distribution",
		serverId: 7,
		depth: 0,
		countReplicas: 0,
		readOnly: true,
		isCoMaster: true,
	});
	expect(await store.inventory.names()).toEqual([
		"leaf:3306",
		"one:3306",
		"two:3306",
		"two:3307",
		"z:3306",
	]);
});

it("forgets who was not seen for long, and what was said of him stays", async () => {
	const { inventory, tags } = store;
	await inventory.save([seen("old:3306", T0 - HOUR), seen("new:3306", T0)]);
	await store.clusters.adopt("new:3306", ["new:3306", "old:3306"]);
	await tags.put({ instance: "old:3306", name: "cold", value: "" }, T0);
	expect(await inventory.forgetUnseen(T0 - 2 * HOUR)).toEqual([]);
	expect(await inventory.forgetUnseen(T0)).toEqual(["old:3306"]);
	expect(await inventory.names()).toEqual(["new:3306"]);
	expect(await store.clusters.identityOf("old:3306")).toBeUndefined();
	expect(await tags.of("old:3306")).toHaveLength(1);
});

it("who was never seen stays while it is still tried", async () => {
	const { inventory } = store;
	const unknown = unknownInstance("seed", 3306);
	await inventory.save([unknown]);
	// Found, and it has not had its turn yet.
	expect(await inventory.forgetUnseen(T0)).toEqual([]);
	await inventory.save([
		{
			...unknown,
			check: {
				...unknown.check,
				outcome: "connection-refused",
				checkedAtMs: T0,
				attemptedAtMs: T0,
			},
		},
	]);
	expect(await inventory.forgetUnseen(T0)).toEqual([]);
	expect(await inventory.forgetUnseen(T0 + HOUR)).toEqual(["seed:3306"]);
});

it("forgets a cluster, and no other", async () => {
	const { inventory, clusters } = store;
	await inventory.save(
		(["a1:3306", "a2:3306", "b1:3306"] as const).map((name) => seen(name, T0)),
	);
	const identity = await clusters.adopt("a1:3306", ["a1:3306", "a2:3306"]);
	await clusters.adopt("b1:3306", ["b1:3306"]);
	expect(await inventory.forgetCluster(identity)).toEqual([
		"a1:3306",
		"a2:3306",
	]);
	expect(await inventory.forgetCluster(identity)).toEqual([]);
	expect(await inventory.names()).toEqual(["b1:3306"]);
	expect((await clusters.all()).map((each) => each.clusterName)).toEqual([
		"b1:3306",
	]);
});
