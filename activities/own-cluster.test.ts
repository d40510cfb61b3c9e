import { afterEach, beforeEach, expect, it } from "vitest";
import { documentedDefaults } from "../src/config/keys.ts";
import type { Store } from "../src/store/contract.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../test/support/temporary-stores.ts";
import { checkCluster } from "./own-cluster.ts";

let stores: TemporaryStores;
let store: Store;
let own: string;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
	own = await store.clusters.adopt("a:3306", ["a:3306", "b:3306"]);
	await store.clusters.adopt("x:3306", ["x:3306", "y:3306"]);
});
afterEach(() => stores.remove());

const check = (cluster?: string) =>
	checkCluster({ store, config: documentedDefaults }, own, {
		kind: "relocation",
		instance: "a:3306",
		below: "b:3306",
		...(cluster === undefined ? {} : { cluster }),
	});

it.each(["x:3306", "y:3306"])("a request of %s is refused", async (cluster) => {
	await expect(check(cluster)).rejects.toMatchObject({
		code: "BadInput",
		message: expect.stringContaining(cluster),
	});
});

it.each([undefined, "a:3306", "b:3306", "nobody's"])(
	"a request of %s is the cluster's own",
	async (cluster) => {
		await expect(check(cluster)).resolves.toBeUndefined();
	},
);
