import pino from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createPictures } from "../src/engine/pictures.ts";
import type { StepRunner } from "../src/engine/run-steps.ts";
import { leftByCutOff, takenUp } from "../src/planning/cut-off.ts";
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
import { createWithTheClaim } from "./with-the-claim.ts";

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const CLAIM = {
	identity: "c",
	epoch: 1,
	uid: "u",
	workflowId: "operate/c",
	runId: "r",
};

const NOTHING = leftByCutOff(snapshotOf([]), undefined);
const b = replica("b", 3);
const stopped = {
	...b,
	replication: { ...b.replication, receiver: 0, applier: 0 },
} as const;
const before = takenUp(snapshotOf([server("p", 1), b]), NOTHING);
const now = snapshotOf([server("p", 1), stopped]);

const restored = async (runSteps: StepRunner, withinMs: number) => {
	const pictures = createPictures(store.operations);
	const left = leftByCutOff(now, before);
	await pictures.begin(CLAIM.uid, takenUp(now, left));
	const { restore } = createWithTheClaim(
		{
			store,
			pictures,
			runSteps,
			log: pino({ level: "silent" }),
		} as unknown as Parameters<typeof createWithTheClaim>[0],
		withinMs,
	);
	const says = await restore(CLAIM, left);
	return { says, unrestored: (await pictures.of(CLAIM.uid)).unrestored };
};

it("what was cut off is started before anything else", async () => {
	const ran = await restored(
		async (_, steps) =>
			steps.map((step) => ({
				outcome: "done",
				effect: "changed",
				reached: "",
				says: `${step.do} ${step.on}`,
				startedAtMs: 0,
				endedAtMs: 0,
			})),
		5_000,
	);
	expect(ran).toEqual({
		says: [
			"startReplication b:3306: an operation that was cut off had stopped it",
		],
		unrestored: [],
	});
});

it("a server that hangs in it holds the operation up for so long only, and is left to the next one", async () => {
	let signal: AbortSignal | undefined;
	const ran = await restored((_, __, attempt) => {
		signal = attempt.signal;
		return new Promise((_, reject) => {
			signal?.addEventListener("abort", () => reject(new Error("superseded")));
		});
	}, 50);
	expect(signal?.aborted).toBe(true);
	expect(ran.says).toEqual([
		"b:3306 is not known to receive again within 0.05 s, and left to the next operation: an operation that was cut off had stopped it",
	]);
	expect(ran.unrestored).toMatchObject([{ on: "b:3306" }]);
});
