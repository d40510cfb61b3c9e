import pino from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createPictures } from "../src/engine/pictures.ts";
import type { Attempt, StepRunner } from "../src/engine/run-steps.ts";
import { leftByCutOff, takenUp } from "../src/planning/cut-off.ts";
import { NOTHING_LOST, phase } from "../src/planning/plan.ts";
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

const restored = async (
	runSteps: StepRunner,
	{
		withinMs = 5_000,
		found = now,
		isFailover = false,
		left: picture = before,
	} = {},
) => {
	const pictures = createPictures(store.operations);
	const left = leftByCutOff(found, picture);
	await pictures.begin({ ...CLAIM, epoch: 0 }, takenUp(found, left));
	const { restore, runAhead } = createWithTheClaim(
		{
			store,
			pictures,
			runSteps,
			log: pino({ level: "silent" }),
		} as unknown as Parameters<typeof createWithTheClaim>[0],
		withinMs,
	);
	const says = await restore(CLAIM, isFailover, left);
	const { unrestored } = await pictures.of(CLAIM.uid);
	return { says, unrestored, runAhead };
};

const done: StepRunner = async (_, steps) =>
	steps.map((step) => ({
		outcome: "done",
		effect: "changed",
		reached: "",
		says: `${step.do} ${step.on}`,
		startedAtMs: 0,
		endedAtMs: 0,
	}));

it("what was cut off is started before anything else", async () => {
	expect(await restored(done)).toMatchObject({
		says: ["startReplication b:3306: an operation before had stopped it"],
		unrestored: [],
	});
});

it("a failover leaves what may be stopping to the next operation: it stops all that runs itself", async () => {
	const found = snapshotOf([server("p", 1), b]);
	expect(await restored(done, { found })).toMatchObject({
		says: [
			"startReplication b:3306: an operation before may have told it to stop",
		],
		unrestored: [],
	});
	expect(await restored(done, { found, isFailover: true })).toMatchObject({
		says: [],
		unrestored: [{ on: "b:3306" }],
	});
	// What stands still is started by it all the same, and the rest is not forgotten over that.
	const other = replica("c", 4);
	const two = takenUp(snapshotOf([server("p", 1), b, other]), NOTHING);
	expect(
		await restored(done, {
			found: snapshotOf([server("p", 1), stopped, other]),
			isFailover: true,
			left: two,
		}),
	).toMatchObject({
		says: [expect.stringContaining("b:3306")],
		unrestored: [{ on: "c:3306" }],
	});
});

it("a server that hangs in it holds the operation up for so long only, and is left to the next one", async () => {
	let signal: AbortSignal | undefined;
	const ran = await restored(
		(_, __, attempt) => {
			signal = attempt.signal;
			return new Promise((_, reject) => {
				signal?.addEventListener("abort", () =>
					reject(new Error("superseded")),
				);
			});
		},
		{ withinMs: 50 },
	);
	expect(signal?.aborted).toBe(true);
	expect(ran.says).toEqual([
		"b:3306 is not known to receive again within 0.05 s: an operation before had stopped it",
		expect.stringMatching(/next operation .* start-replica -i b:3306/),
	]);
	expect(ran.unrestored).toMatchObject([{ on: "b:3306" }]);
});

it("what hangs in it is ended by what the operation does behind it, though it would take back what it did", async () => {
	const guards: Attempt["guard"][] = [];
	await restored(
		(_, __, attempt) => {
			guards.push(attempt.guard);
			return new Promise(() => undefined);
		},
		{ withinMs: 50 },
	);
	const mayAct = () => guards[0]?.("b:3306").isCurrent();
	await store.operations.claim({
		...CLAIM,
		kind: "recovery",
		nowMs: 1,
	});
	expect(await mayAct()).toBe(true);
	const { identity, epoch } = CLAIM;
	// The first activity of an operation begins it.
	const behind = { identity, epoch, step: "2", attempt: 1 };
	expect(await store.operations.isCurrent(behind)).toBe(true);
	expect(await mayAct()).toBe(false);
});

it("what hangs in it is ended by what is run ahead", async () => {
	const guards: Attempt["guard"][] = [];
	const keepGuard: StepRunner = (uid, steps, attempt) => {
		guards.push(attempt.guard);
		return steps.some(({ do: what }) => what === "startReplication")
			? new Promise(() => undefined)
			: done(uid, steps, attempt);
	};
	const { runAhead } = await restored(keepGuard, { withinMs: 50 });
	await store.operations.claim({ ...CLAIM, kind: "recovery", nowMs: 1 });
	await runAhead(
		CLAIM,
		{ kind: "takeover", cluster: "c", auto: true },
		{
			plan: {
				title: "",
				loss: NOTHING_LOST,
				notes: [],
				left: [],
				says: "",
				phases: [
					phase(
						"find",
						[{ do: "findCredential", on: "b:3306", from: [], because: "" }],
						"undo",
					),
				],
			},
			before: [],
			isBehindOther: false,
		},
	);
	const [hanging, ahead] = guards;
	expect(await ahead?.("c:3306").isCurrent()).toBe(true);
	expect(await hanging?.("b:3306").isCurrent()).toBe(false);
});

it("channels of one server are started one after another: their sessions would end each other", async () => {
	const second = { ...b.replication, channel: "two" };
	const both = { ...b, otherChannels: [second] };
	const rounds: string[][] = [];
	const ran = await restored(
		(uid, steps, attempt) => {
			rounds.push(
				steps.map(
					(step) => `${step.on} ${"channel" in step ? step.channel : ""}`,
				),
			);
			return done(uid, steps, attempt);
		},
		{
			left: takenUp(
				snapshotOf([server("p", 1), both, replica("c", 4)]),
				NOTHING,
			),
			found: snapshotOf([
				server("p", 1),
				{ ...stopped, otherChannels: [{ ...second, receiver: 0 }] },
				replica("c", 4, {}, { receiver: 0 }),
			]),
		},
	);
	expect(rounds).toEqual([["b:3306 ", "c:3306 "], ["b:3306 two"]]);
	expect(ran.says).toHaveLength(3);
	expect(ran.unrestored).toEqual([]);
});
