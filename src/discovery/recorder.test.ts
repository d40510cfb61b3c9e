import { afterEach, beforeEach, expect, it } from "vitest";
import { madePrimary } from "../../test/support/made-primary.ts";
import { running, server } from "../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import type { Store } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import { createLeaving } from "./leaving.ts";
import { createRecorder } from "./recorder.ts";

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const told: string[] = [];

const recorderOn = (on: Store) => {
	const never = (): never => {
		throw new Error("no server is asked");
	};
	return createRecorder({
		store: on,
		servers: { open: never, refusesLogin: never, probe: never, look: never },
		aliasByName: () => "",
		leave: createLeaving({
			store,
			tell: async ({ instance }) => void told.push(instance),
			log: { info: () => undefined },
		}),
	});
};
const record = (...found: Instance[]) => recorderOn(store).record(found);

const homes = async (): Promise<Record<string, string>> =>
	Object.fromEntries(
		(await store.clusters.members()).map((each) => [
			each.instance,
			each.identity,
		]),
	);

const replica = (address: string, id: number, source: string) =>
	server(address, id, { replication: running(source) });

/** A cluster of p, whose old primary a has been replaced. */
const replaced = async () => {
	told.length = 0;
	await record(server("p", 1), replica("a", 2, "p"), replica("r", 3, "p"));
	await madePrimary(store, "p:3306", "p:3306");
	expect(new Set(Object.values(await homes()))).toEqual(new Set(["p:3306"]));
};

it("another server at the address of a member is found in a cluster of its own, and its replicas with it", async () => {
	await replaced();
	await record(server("a", 9));
	await record(replica("q", 8, "a"));
	expect(await homes()).toEqual({
		"p:3306": "p:3306",
		"r:3306": "p:3306",
		"a:3306": "a:3306",
		"q:3306": "a:3306",
	});
	expect(told).toEqual(["a:3306"]);
});

it("also when its replicas are known before it is", async () => {
	await replaced();
	await store.inventory.save([
		server("q", 8, { replication: running("a"), clusterName: "q:3306" }),
	]);
	await store.clusters.adopt("q:3306", ["q:3306"]);
	await record(server("a", 9));
	expect(await homes()).toMatchObject({
		"a:3306": "q:3306",
		"q:3306": "q:3306",
	});
});

it("who is forgotten by another process while others of the cluster are recorded, or a look at it ends, is not brought back", async () => {
	await replaced();
	const { inventory } = store;
	const forgetting = recorderOn({
		...store,
		inventory: {
			...inventory,
			save: async (...given) => {
				await inventory.forget("r:3306");
				await inventory.save(...given);
			},
		},
	});
	await forgetting.record([replica("a", 2, "p"), replica("n", 4, "p")]);
	await forgetting.record([replica("r", 3, "p")], { onlyKnown: true });
	expect(Object.keys(await homes()).toSorted()).toEqual([
		"a:3306",
		"n:3306",
		"p:3306",
	]);
	expect(await inventory.get("r:3306")).toBeUndefined();
});

it("one that was rebuilt stays, and so does one at the address that is on record", async () => {
	await replaced();
	await record(replica("a", 9, "p"));
	await record(server("p", 7));
	expect(new Set(Object.values(await homes()))).toEqual(new Set(["p:3306"]));
	expect(told).toEqual([]);
});
