import { afterEach, beforeEach, expect, it } from "vitest";
import { documentedDefaults } from "../src/config/keys.ts";
import type { Store } from "../src/store/contract.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../test/support/temporary-stores.ts";
import { createRecordActivities } from "./record-activities.ts";

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

it("announces a new primary by its name, its key-value pairs and as the writer of the domain", async () => {
	const { primaryChanged } = createRecordActivities({
		store,
		config: documentedDefaults,
		nowMs: () => Date.UTC(2026, 0, 1),
	} as unknown as Parameters<typeof createRecordActivities>[0]);
	const identity = await store.clusters.adopt("a:3306", ["a:3306", "b:3306"]);
	const announce = (from: InstanceName, to: InstanceName, fence: boolean) =>
		primaryChanged({
			claim: { identity, epoch: 1, uid: "u", workflowId: "w", runId: "r" },
			clusterAlias: "shop",
			change: { from, to, fence },
		});
	await announce("a:3306", "b:3306", true);
	expect(await store.keyValues.get("mysql/master/shop")).toBe("b:3306");
	expect(await store.fences.get("a:3306")).toMatchObject({ state: "waiting" });
	expect(await stores.sql("SELECT * FROM host_attributes")).toEqual([]);
	await store.clusters.setDomain("b:3306", "shop.example.com");
	await announce("b:3306", "a:3306", false);
	expect(await store.fences.open()).toEqual([]);
	expect(await store.hostAttributes.get("*", "shop.example.com")).toBe(
		"a:3306",
	);
	expect(await store.clusters.byIdentity(identity)).toMatchObject({
		clusterName: "a:3306",
		domain: "shop.example.com",
	});
});
