import { setTimeout as delay } from "node:timers/promises";
import pino from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { documentedDefaults } from "../src/config/keys.ts";
import { createPictures } from "../src/engine/pictures.ts";
import type { Store } from "../src/store/contract.ts";
import {
	replica,
	server,
	snapshotOf,
} from "../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../test/support/temporary-stores.ts";
import { createClaimActivities } from "./claim-activities.ts";

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

/** What happens one after the other when an operation begins, on a store that takes its time. */
const begunWith = async (preempt?: string) => {
	const identity = await store.clusters.adopt("p:3306", ["p:3306", "a:3306"]);
	if (preempt !== undefined)
		await store.operations.claim({
			identity,
			workflowId: "w",
			runId: preempt,
			kind: "takeover",
			nowMs: 1,
		});
	const happened: string[] = [];
	const { begin } = createClaimActivities({
		store: {
			...store,
			operations: {
				...store.operations,
				claim: async (input: Parameters<Store["operations"]["claim"]>[0]) => {
					await delay(20);
					const claimed = await store.operations.claim(input);
					happened.push("claimed");
					return claimed;
				},
			},
		},
		watched: {
			lookNow: async () => {
				happened.push("looked");
				return snapshotOf([server("p", 1), replica("a", 2)]);
			},
		},
		pictures: createPictures(store.operations),
		config: documentedDefaults,
		log: pino({ level: "silent" }),
		nowMs: () => Date.UTC(2026, 0, 1),
		isRunning: async () => true,
		runSteps: async () => [],
	} as unknown as Parameters<typeof createClaimActivities>[0]);
	const { claim } = await begin({
		identity,
		request: {
			kind: "relocation",
			instance: "a:3306",
			below: "p:3306",
		},
		workflowId: "w",
		runId: "new",
		...(preempt === undefined ? {} : { preempt }),
	});
	expect(await store.operations.current(identity)).toMatchObject({
		runId: "new",
		epoch: claim.epoch,
	});
	return happened;
};

it("an operation that pushes another one aside looks when that one can act no more", async () => {
	expect(await begunWith("old")).toEqual(["claimed", "looked"]);
});

it("one that finds the cluster free looks while it takes it", async () => {
	expect(await begunWith()).toEqual(["looked", "claimed"]);
});
