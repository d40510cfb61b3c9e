import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	anyReturn,
	type DrawnReturn,
} from "../../test/support/made-up-returns.ts";
import {
	type Fate,
	type Run,
	simulate,
} from "../../test/support/simulated-plans.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplicationRunning,
	sourceOf,
} from "../topology/instance.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { planRejoin } from "./rejoin-plan.ts";
import { isGood, mayOpen, stepText } from "./step.ts";

const rejoin = (drawn: DrawnReturn, fates: readonly Fate[] = []): Run =>
	simulate({
		planner: planRejoin,
		request: { instance: "old:3306" },
		snapshot: drawn.snapshot,
		settings: drawn.settings,
		atClose: drawn.atClose,
		fates,
	});

const anyFate = fc.constantFrom<Fate>(
	"well",
	"well",
	"well",
	"well",
	"fails",
	"fails late",
	"is lost",
	"dies",
);
const fates = fc.array(anyFate, { maxLength: 6 });
const returns = fc.oneof(anyReturn(9), anyReturn(40));
const RUNS = { numRuns: 500 };

const serverIn = (
	snapshot: Snapshot,
	name: "old:3306" | "p:3306",
): Instance => {
	const found = findInstance(snapshot, name);
	if (found === undefined) throw new Error(`${name} is not there`);
	return found;
};

const oldIn = (snapshot: Snapshot): Instance => serverIn(snapshot, "old:3306");

/** It takes the writes, and to close it would leave no primary: the name says so, or an operation has opened it. */
const mayTakeWrites = ({ snapshot }: DrawnReturn): boolean => {
	const primary = serverIn(snapshot, "p:3306");
	if (snapshot.clusterName === "old:3306") return true;
	return isLastCheckValid(primary)
		? primary.readOnly && sourceOf(oldIn(snapshot)) === "p:3306"
		: snapshot.unaccounted?.includes("old:3306") === true;
};

/** Somebody has made it a replica already. */
const follows = (server: Instance): boolean =>
	sourceOf(server) === "p:3306" &&
	server.readOnly &&
	isReplicationRunning(server);

const fenceOf = ({ plans }: Run) => plans.at(-1)?.settlesFence;

const answerTo = ({ done }: Run, kind: "close" | "moveBelow") =>
	done.find(({ step }) => step.do === kind)?.answer;

describe("a rejoin, whatever happens on its way", () => {
	it("opens nobody, and moves nobody but the one that is back", () => {
		let moved = 0;
		fc.assert(
			fc.property(returns, fates, (drawn, drawnFates) => {
				const run = rejoin(drawn, drawnFates);
				expect(run.faults).toEqual([]);
				expect(run.openings).toEqual([]);
				expect(run.primary).toBeUndefined();
				const steps = run.plans
					.flatMap(({ phases }) => phases)
					.flatMap((phase) => phase.steps);
				for (const step of steps) {
					expect([mayOpen(step), step.undo]).toEqual([false, undefined]);
					if (step.do !== "forgetSource") expect(step.on).toBe("old:3306");
				}
				for (const before of drawn.snapshot.instances)
					if (before.readOnly)
						expect(findInstance(run.world, before.name)?.readOnly).toBe(true);
				if (steps.some((step) => step.do === "moveBelow")) moved++;
			}),
			RUNS,
		);
		expect(moved).toBeGreaterThan(20);
	});

	it("leaves it closed whenever it answers, unless it takes the writes in the primary's place, and says that it could not", () => {
		const ended = { closed: 0, kept: 0, failed: 0 };
		fc.assert(
			fc.property(returns, fates, (drawn, drawnFates) => {
				const before = oldIn(drawn.snapshot);
				const run = rejoin(drawn, drawnFates);
				if (!isLastCheckValid(before)) {
					expect([run.state, run.done]).toEqual(["refused", []]);
					return;
				}
				if (!before.readOnly && mayTakeWrites(drawn)) {
					ended.kept++;
					expect([run.done, oldIn(run.world)]).toEqual([[], before]);
					return;
				}
				const isClosed = oldIn(run.world).readOnly;
				if (isClosed) {
					if (!before.readOnly) ended.closed++;
				} else {
					ended.failed++;
					expect(run.state).not.toBe("succeeded");
					expect(isGood(answerTo(run, "close") ?? { outcome: "done" })).toBe(
						false,
					);
					expect(fenceOf(run)).toBeUndefined();
				}
			}),
			RUNS,
		);
		for (const count of Object.values(ended)) expect(count).toBeGreaterThan(5);
	});

	it("holds back whoever has what the primary lacks, written in the last moment or not", () => {
		let heldBack = 0;
		let inTheLastMoment = 0;
		fc.assert(
			fc.property(returns, fates, (drawn, drawnFates) => {
				const before = oldIn(drawn.snapshot);
				if (!drawn.hasExtra || follows(before)) return;
				const run = rejoin(drawn, drawnFates);
				expect(answerTo(run, "moveBelow")).toBeUndefined();
				expect(fenceOf(run)?.state).not.toBe("rejoined");
				if (drawn.snapshot.clusterName !== "old:3306")
					expect(fenceOf(run)?.state).not.toBe("removed");
				if (fenceOf(run)?.note.startsWith("held back") !== true) return;
				heldBack++;
				if (drawn.atClose.executedGtid !== before.executedGtid)
					inTheLastMoment++;
			}),
			RUNS,
		);
		expect(heldBack).toBeGreaterThan(20);
		expect(inTheLastMoment).toBeGreaterThan(5);
	});

	it("joins whoever has nothing of its own, and only such a one", () => {
		let joined = 0;
		fc.assert(
			fc.property(returns, (drawn) => {
				const run = rejoin(drawn);
				if (answerTo(run, "moveBelow") === undefined) return;
				joined++;
				expect(drawn.hasExtra).toBe(false);
				expect([run.state, fenceOf(run)?.state]).toEqual([
					"succeeded",
					"rejoined",
				]);
				expect(follows(oldIn(run.world))).toBe(true);
			}),
			RUNS,
		);
		expect(joined).toBeGreaterThan(20);
	});

	it("accounts for whom it closed: it follows, or is fenced with the reason, or waits for the primary", () => {
		const ended = { rejoined: 0, fenced: 0, waits: 0, removed: 0 };
		fc.assert(
			fc.property(returns, fates, (drawn, drawnFates) => {
				const run = rejoin(drawn, drawnFates);
				if (!isGood(answerTo(run, "close") ?? { outcome: "failed" })) return;
				const plan = run.plans.at(-1);
				const fence = fenceOf(run);
				expect(plan?.says).toContain("old:3306");
				switch (fence?.state) {
					case "rejoined":
						ended.rejoined++;
						expect(follows(oldIn(run.world))).toBe(true);
						break;
					case "fenced": {
						ended.fenced++;
						const failure = run.done.findLast(({ answer }) => !isGood(answer));
						expect(fence.note).toContain(failure?.answer.says ?? "read-only");
						break;
					}
					case "removed":
						ended.removed++;
						expect(sourceOf(oldIn(run.world))).toBe("p:3306");
						break;
					default:
						ended.waits++;
						expect(fence).toBeUndefined();
						expect(plan?.refusal).toContain("not compared yet");
				}
			}),
			{ numRuns: 1500 },
		);
		for (const count of Object.values(ended)) expect(count).toBeGreaterThan(3);
	});

	it("asked for once more, ends as it would have without trouble, and then stays so", () => {
		let troubled = 0;
		fc.assert(
			fc.property(returns, fates, (drawn, drawnFates) => {
				const run = rejoin(drawn, drawnFates);
				const isAlive = drawn.snapshot.instances.every(
					({ name, check }) =>
						findInstance(run.world, name)?.check.outcome === check.outcome,
				);
				if (!isAlive || run.done.length === 0) return;
				const onward = (snapshot: Snapshot) =>
					rejoin({ ...drawn, snapshot, atClose: oldIn(snapshot) });
				const again =
					answerTo(run, "close")?.effect === "unchanged"
						? rejoin({ ...drawn, snapshot: run.world })
						: onward(run.world);
				if (run.done.some(({ answer }) => !isGood(answer))) troubled++;
				expect(fenceOf(again)).toEqual(fenceOf(rejoin(drawn)));
				const last = onward(again.world);
				expect(last.world.instances).toEqual(again.world.instances);
			}),
			RUNS,
		);
		expect(troubled).toBeGreaterThan(20);
	});
});

it("the plan of a rejoin does not depend on the order in which servers were found", () => {
	let long = 0;
	fc.assert(
		fc.property(
			returns.chain((drawn) =>
				fc.record({
					drawn: fc.constant(drawn),
					shuffled: fc.shuffledSubarray([...drawn.snapshot.instances], {
						minLength: drawn.snapshot.instances.length,
					}),
				}),
			),
			fates,
			({ drawn, shuffled }, drawnFates) => {
				const run = (instances: Snapshot["instances"]) =>
					rejoin(
						{ ...drawn, snapshot: { ...drawn.snapshot, instances } },
						drawnFates,
					);
				const { plans, done } = run(drawn.snapshot.instances);
				expect(run(shuffled).plans).toEqual(plans);
				// With an account that several others may know.
				if (done.some(({ step }) => stepText(step).includes(" or "))) long++;
			},
		),
		RUNS,
	);
	expect(long).toBeGreaterThan(20);
});
