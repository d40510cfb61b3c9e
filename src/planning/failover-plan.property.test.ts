import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyCluster, type Drawn } from "../../test/support/made-up-clusters.ts";
import {
	type Fate,
	type Run,
	receiverOf,
	simulate,
} from "../../test/support/simulated-plans.ts";
import { isLastCheckValid } from "../topology/instance.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { leftBehind } from "./accounted.ts";
import { planFailover } from "./failover-plan.ts";
import type { FailoverRequest } from "./failover-scene.ts";
import type { Plan } from "./plan.ts";
import type { Step } from "./step.ts";

const REQUEST: FailoverRequest = {
	instance: "p:3306",
	analysis: "DeadMaster",
	stands: true,
	standsSays: "it is dead",
	byCommand: false,
	acceptsLoss: false,
};

const fail = (
	drawn: Drawn,
	fates: readonly Fate[] = [],
	more: Partial<FailoverRequest> = {},
	backAtStep?: number,
): Run =>
	simulate({
		...(backAtStep === undefined
			? {}
			: { returns: { name: REQUEST.instance, atStep: backAtStep } }),
		planner: planFailover,
		request: { ...REQUEST, ...more },
		snapshot: drawn.snapshot,
		settings: drawn.settings,
		late: drawn.late,
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
const fates = fc.array(anyFate, { maxLength: 25 });
const clusters = fc.oneof(
	anyCluster(true),
	anyCluster(false),
	anyCluster(true, 40),
	anyCluster(false, 40),
);
const RUNS = { numRuns: 250 };

/** Changes nothing that would have to be put back. */
const HARMLESS = ["findCredential", "applyReceived"];

const openingsIn = (plan: Plan): number =>
	plan.phases
		.flatMap((phase) => phase.steps)
		.filter((step) => step.do === "open" || step.do === "handOver").length;

/** How a server stands, as far as an undo must put it back. */
const standingOf = (snapshot: Snapshot) =>
	snapshot.instances
		.filter(isLastCheckValid)
		.map(({ name, readOnly, replication, otherChannels }) => [
			name,
			readOnly,
			...[replication, ...otherChannels].map((each) => [
				each.channel,
				each.sourceHost,
				each.receiver > 0,
				each.sqlDelaySeconds,
			]),
		]);

describe("a failover, whatever happens on its way", () => {
	it("never opens two servers, nor one while another receives, nor moves anybody who would lose by it", () => {
		let promoted = 0;
		fc.assert(
			fc.property(clusters, fates, (drawn, drawnFates) => {
				const run = fail(drawn, drawnFates);
				expect(run.faults).toEqual([]);
				for (const plan of run.plans)
					expect(openingsIn(plan)).toBeLessThanOrEqual(1);
				if (run.primary !== undefined) promoted++;
			}),
			RUNS,
		);
		// Otherwise the property would say nothing.
		expect(promoted).toBeGreaterThan(5);
	});

	it("opens nobody beside a primary that has come back, and undoes it, or closes that one where a person wants it replaced", () => {
		const ended = { undone: 0, succeeded: 0 };
		fc.assert(
			fc.property(
				clusters,
				fc.integer({ min: 1, max: 6 }),
				fc.boolean(),
				(drawn, backAtStep, byCommand) => {
					const { faults, state } = fail(drawn, [], { byCommand }, backAtStep);
					expect(faults).toEqual([]);
					if (state === "undone" && !byCommand) ended.undone++;
					if (state === "succeeded" && byCommand) ended.succeeded++;
				},
			),
			RUNS,
		);
		expect(ended.undone).toBeGreaterThan(5);
		expect(ended.succeeded).toBeGreaterThan(5);
	});

	it("in lossless mode opens nobody who lacks what a reached replica has received", () => {
		let promoted = 0;
		fc.assert(
			fc.property(clusters, fates, (drawn, drawnFates) => {
				const settings = { ...drawn.settings, mode: "lossless" as const };
				const run = fail({ ...drawn, settings }, drawnFates);
				expect(run.missed).toEqual([]);
				if (run.primary !== undefined) promoted++;
			}),
			RUNS,
		);
		expect(promoted).toBeGreaterThan(5);
	});

	it("in available mode says so when it does", () => {
		fc.assert(
			fc.property(clusters, fates, (drawn, drawnFates) => {
				const settings = { ...drawn.settings, mode: "available" as const };
				const { plans, missed } = fail({ ...drawn, settings }, drawnFates);
				const says = plans.map(({ loss }) => loss.says).join(" ");
				for (const name of missed) expect(says).toContain(name);
			}),
			RUNS,
		);
	});

	it("accounts for every receiver that it stopped", () => {
		fc.assert(
			fc.property(clusters, fates, (drawn, drawnFates) => {
				const run = fail(drawn, drawnFates);
				if (run.state !== "succeeded") return;
				const left = leftBehind(
					run.plans.at(-1) ?? { left: [], phases: [] },
					run.done,
				).map((each) => each.name);
				for (const { step } of run.done) {
					if (
						step.do !== "stopReceiver" ||
						step.on === run.plans.at(-1)?.successor
					)
						continue;
					const now = findInstance(run.world, step.on);
					const moved = now?.replication.sourceHost !== "p";
					if (!moved) expect(left).toContain(step.on);
				}
			}),
			RUNS,
		);
	});

	it("puts everything back when nobody was promoted", () => {
		let undone = 0;
		fc.assert(
			fc.property(clusters, fates, (drawn, drawnFates) => {
				const run = fail(drawn, drawnFates);
				if (run.state !== "undone" && run.state !== "refused") return;
				if (run.state === "undone") undone++;
				expect(run.primary).toBeUndefined();
				const alive = new Set(
					run.world.instances.filter(isLastCheckValid).map(({ name }) => name),
				);
				const before = drawn.snapshot.instances.filter(({ name }) =>
					alive.has(name),
				);
				expect(standingOf(run.world)).toEqual(
					standingOf({ ...drawn.snapshot, instances: before }),
				);
			}),
			RUNS,
		);
		expect(undone).toBeGreaterThan(5);
	});

	it("ends as it did when it is asked for once more", () => {
		fc.assert(
			fc.property(clusters, fates, (drawn, drawnFates) => {
				const run = fail(drawn, drawnFates);
				// Who is to be opened by hooks is a replica until they have run.
				if (run.primary === undefined || !drawn.settings.appliesPromotion)
					return;
				const again = fail(
					{ ...drawn, snapshot: { ...run.world, clusterName: run.primary } },
					[],
					{ byCommand: true },
				);
				if (!isLastCheckValid(findInstance(run.world, run.primary) as never))
					return;
				expect(again.state).toBe("refused");
				expect(again.world.instances).toEqual(run.world.instances);
			}),
			RUNS,
		);
	});
});

describe("the plan of a failover", () => {
	it("does not depend on the order in which servers were found", () => {
		fc.assert(
			fc.property(
				clusters.chain((drawn) =>
					fc.record({
						drawn: fc.constant(drawn),
						shuffled: fc.shuffledSubarray([...drawn.snapshot.instances], {
							minLength: drawn.snapshot.instances.length,
						}),
					}),
				),
				({ drawn, shuffled }) => {
					const plans = (instances: Snapshot["instances"]) =>
						fail({ ...drawn, snapshot: { ...drawn.snapshot, instances } })
							.plans;
					expect(plans(shuffled)).toEqual(plans(drawn.snapshot.instances));
				},
			),
			RUNS,
		);
	});

	it("has one step for a server in a phase, and a way back until it opens one", () => {
		fc.assert(
			fc.property(clusters, fates, (drawn, drawnFates) => {
				const run = fail(drawn, drawnFates);
				let isBehind = false;
				for (const plan of run.plans)
					for (const phase of plan.phases) {
						const names = phase.steps.flatMap((step) =>
							step.do === "handOver" ? [step.on, step.from] : [step.on],
						);
						expect(new Set(names).size).toBe(names.length);
						if (phase.changesPrimary !== undefined) isBehind = true;
						if (isBehind) continue;
						for (const step of phase.steps)
							expect(
								step.undo !== undefined ||
									HARMLESS.includes(step.do) ||
									isUnneeded(drawn.snapshot, step),
								`${step.do} on ${step.on} can be taken back`,
							).toBe(true);
					}
			}),
			RUNS,
		);
	});
});

/** What was so before need not be taken back: a receiver that a person had stopped, a primary that took no writes. */
const isUnneeded = (before: Snapshot, step: Step): boolean => {
	const server = findInstance(before, step.on);
	if (step.do === "stopReceiver") return receiverOf(server, step.channel) === 0;
	return step.do === "close" && server?.readOnly === true;
};
