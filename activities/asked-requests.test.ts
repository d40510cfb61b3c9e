import { afterEach, beforeEach, expect, it } from "vitest";
import { documentedDefaults } from "../src/config/keys.ts";
import type { OperationRequest } from "../src/planning/operation.ts";
import type { Store } from "../src/store/contract.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../test/support/temporary-stores.ts";
import { createAskedRequests } from "./asked-requests.ts";
import { hashOf } from "./request-hash.ts";

let stores: TemporaryStores;
let store: Store;
let own: string;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
	own = await store.clusters.adopt("a:3306", ["a:3306", "b:3306"]);
	await store.clusters.adopt("x:3306", ["x:3306"]);
});
afterEach(() => stores.remove());

const FORCED: OperationRequest = {
	kind: "recovery",
	cluster: "a:3306",
	instance: "a:3306",
	analysis: "DeadMaster",
	command: "force-master-failover",
};

const check = (rest: Partial<OperationRequest> = {}, asked?: string) =>
	createAskedRequests({ store, config: documentedDefaults }).checkRequest({
		identity: own,
		request: { ...FORCED, ...rest } as OperationRequest,
		...(asked === undefined ? {} : { asked }),
	});

it("nothing speaks against one of the cluster's own that is new", async () => {
	await expect(check()).resolves.toBeUndefined();
	await expect(check({}, "1")).resolves.toBeUndefined();
});

it("one that was begun before is refused, whether or not it runs still", async () => {
	await store.operations.claim({
		identity: own,
		workflowId: "w",
		runId: "r",
		kind: "recovery",
		nowMs: 1,
		request: hashOf(own, "1"),
	});
	const refused = { code: "Refused", message: expect.stringContaining("r at") };
	await expect(check({}, "1")).rejects.toMatchObject(refused);
	await store.operations.release(own, "r");
	await expect(check({}, "1")).rejects.toMatchObject(refused);
	await expect(check({}, "2")).resolves.toBeUndefined();
});

it("one of another cluster, or about a server of another one or of none, is refused", async () => {
	await expect(check({ cluster: "x:3306" })).rejects.toMatchObject({
		code: "BadInput",
	});
	await expect(check({ instance: "x:3306" })).rejects.toMatchObject({
		code: "BadInput",
	});
	await expect(check({ instance: "z:3306" })).rejects.toMatchObject({
		code: "UnknownInstance",
	});
});
