import { setTimeout as delay } from "node:timers/promises";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { documentedDefaults } from "../src/config/keys.ts";
import { createPictures } from "../src/engine/pictures.ts";
import type { Attempt } from "../src/engine/run-steps.ts";
import { leftByCutOff, takenUp } from "../src/planning/cut-off.ts";
import type { OperationRequest } from "../src/planning/operation.ts";
import type { Step } from "../src/planning/step.ts";
import type { Store } from "../src/store/contract.ts";
import type { Instance } from "../src/topology/instance.ts";
import { NO_MARK } from "../src/topology/server-mark.ts";
import { madePrimary } from "../test/support/made-primary.ts";
import {
	failing,
	NOW,
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
let identity: string;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
	identity = await store.clusters.adopt("p:3306", ["p:3306", "a:3306"]);
});
afterEach(() => stores.remove());

const P = server("p", 1);
const A = replica("a", 2);
const RELOCATION: OperationRequest = {
	kind: "relocation",
	instance: "a:3306",
	below: "p:3306",
};
const FAILOVER: OperationRequest = {
	kind: "recovery",
	cluster: "p:3306",
	instance: "p:3306",
	analysis: "DeadMaster",
};

interface Try {
	readonly request?: OperationRequest;
	readonly instances?: readonly Instance[];
	readonly preempt?: string;
	/** What comes about while the servers are looked at. */
	readonly meanwhile?: () => Promise<unknown>;
	/** And before the claim. */
	readonly beforeClaim?: () => Promise<unknown>;
	readonly overtaken?: AbortSignal;
}

/** A try to begin an operation on a store that takes its time, and what happened one after the other. */
const trying = ({
	request = RELOCATION,
	instances = [P, A],
	preempt,
	meanwhile,
	beforeClaim,
	overtaken,
}: Try = {}) => {
	const happened: string[] = [];
	const doubted: string[] = [];
	const { begin } = createClaimActivities({
		store: {
			...store,
			operations: {
				...store.operations,
				claim: async (input: Parameters<Store["operations"]["claim"]>[0]) => {
					await (beforeClaim?.() ?? delay(20));
					const claimed = await store.operations.claim(input);
					happened.push("claimed");
					return claimed;
				},
			},
		},
		watched: {
			lookNow: async (_: string, notBeforeMs?: number) => {
				happened.push(
					notBeforeMs === undefined
						? "looked"
						: `looked not before ${notBeforeMs - NOW}`,
				);
				await meanwhile?.();
				return snapshotOf(instances);
			},
		},
		pictures: createPictures(store.operations),
		config: documentedDefaults,
		log: pino({ level: "silent" }),
		nowMs: () => NOW,
		isRunning: async () => true,
		runSteps: async (_: string, steps: readonly Step[], { isAgain }: Attempt) =>
			steps.map((step) => {
				happened.push(`${step.do} ${step.on}`);
				if (isAgain === true) doubted.push(`${step.do} ${step.on}`);
				return {
					outcome: "done",
					effect: "changed",
					reached: "",
					says: "",
					startedAtMs: 0,
					endedAtMs: 0,
				};
			}),
	} as unknown as Parameters<typeof createClaimActivities>[0]);
	const beginning = begin(
		{
			identity,
			request,
			workflowId: "w",
			runId: "new",
			...(preempt === undefined ? {} : { preempt }),
		},
		overtaken === undefined ? {} : { overtaken },
	);
	return { beginning, happened, doubted };
};

const begun = async (given: Try = {}) => {
	const { beginning, happened, doubted } = trying(given);
	const { claim, restored } = await beginning;
	expect(await store.operations.current(identity)).toMatchObject({
		runId: "new",
		epoch: claim.epoch,
	});
	return { happened, doubted, restored };
};

describe("an operation looks at the servers", () => {
	it("when it has pushed another one aside, which can act no more", async () => {
		await store.operations.claim({
			identity,
			workflowId: "w",
			runId: "old",
			kind: "takeover",
			nowMs: 1,
		});
		const { happened } = await begun({ preempt: "old" });
		expect(happened.slice(0, 2)).toEqual(["claimed", "looked not before 0"]);
	});

	it("while it takes a cluster that is free", async () => {
		const { happened } = await begun();
		expect(happened.slice(0, 2)).toEqual(["looked not before 0", "claimed"]);
	});

	it("anew where a person asks, who may have changed something just before; a finding's failover goes by what was just seen", async () => {
		const dead = { ...P, check: failing("connection-refused") };
		const { beginning, happened } = trying({
			request: FAILOVER,
			instances: [dead, A],
		});
		await beginning;
		expect(happened[0]).toBe("looked");
	});
});

describe("a try that stood still, and comes behind the one after it,", () => {
	const dead = { ...P, check: failing("connection-refused") };
	const failover = { request: FAILOVER, instances: [dead, A] };

	/** Which picture the newer try has begun with, by its uid. */
	const newer = async (): Promise<string> =>
		(await trying(failover).beginning).claim.uid;

	it("leaves its picture, the claim and the servers alone", async () => {
		let uid = "";
		const { beginning, happened } = trying({
			...failover,
			// The claim is through by then.
			meanwhile: async () => {
				await delay(200);
				uid = await newer();
			},
		});
		await expect(beginning).rejects.toMatchObject({ code: "Superseded" });
		expect(happened).toEqual(["looked", "claimed"]);
		expect(await store.operations.picture(uid)).toBeDefined();
	});

	it("fences nobody", async () => {
		const before = snapshotOf([P, A], { identity, closed: ["a:3306"] });
		await createPictures(store.operations).begin(
			{ uid: "left", epoch: 0 },
			before,
		);
		const instances = [P, replica("a", 2, { readOnly: false })];
		const { beginning } = trying({
			instances,
			meanwhile: async () => {
				await delay(200);
				await newer();
				for (const { instance } of await store.fences.open())
					await store.fences.remove(instance);
			},
		});
		await expect(beginning).rejects.toMatchObject({ code: "Superseded" });
		expect(await store.fences.open()).toEqual([]);
	});

	it("does not take the cluster either", async () => {
		let uid = "";
		const { beginning } = trying({
			...failover,
			beforeClaim: async () => {
				uid = await newer();
			},
		});
		await expect(beginning).rejects.toMatchObject({ code: "Superseded" });
		expect(await store.operations.current(identity)).toMatchObject({
			epoch: 1,
		});
		expect(await store.operations.picture(uid)).toBeDefined();
	});

	it("writes nothing, and touches no server, when it was ended while it looked", async () => {
		const ended = new AbortController();
		const { beginning, happened } = trying({
			...failover,
			meanwhile: async () => ended.abort(new Error("it was ended")),
			overtaken: ended.signal,
		});
		await expect(beginning).rejects.toThrow("it was ended");
		expect(happened).toEqual(["looked", "claimed"]);
		expect(await store.operations.leftPicture(identity)).toBeUndefined();
	});
});

describe("what an operation that was cut off has left", () => {
	beforeEach(async () => {
		const before = snapshotOf([P, A], { identity });
		await createPictures(store.operations).begin(
			{ uid: "left", epoch: 0 },
			takenUp(before, leftByCutOff(before, undefined)),
		);
	});

	it("is started again where it may be stopping, but not by a failover, which stops it anyway", async () => {
		const start = "startReplication a:3306";
		const dead = { ...P, check: failing("connection-refused") };
		const lost = replica("a", 2, {}, { receiver: 2 });
		const failover = { request: FAILOVER, instances: [dead, lost] };
		const { happened, doubted } = await begun(failover);
		expect(happened).toContain("stopReceiver a:3306");
		// It may be what the operation that was cut off was about to do.
		expect(doubted).toEqual(["stopReceiver a:3306"]);
		expect(happened).not.toContain(start);
		await store.operations.release(identity, "new");
		expect((await begun()).happened).toContain(start);
	});

	it("is an old primary that follows nobody: it is waited for", async () => {
		await madePrimary(store, identity, "a:3306");
		await store.fences.put({
			instance: "p:3306",
			identity,
			successor: "a:3306",
			sinceMs: NOW,
			state: "rejoined",
			note: "",
			server: NO_MARK,
		});
		const { restored } = await begun({
			instances: [server("p", 1, { readOnly: true }), server("a", 2)],
		});
		expect(restored).toEqual([
			expect.stringContaining("p:3306 follows nobody"),
		]);
		expect(await store.fences.open()).toMatchObject([
			{ instance: "p:3306", state: "waiting" },
		]);
	});
});
