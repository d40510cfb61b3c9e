import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyCluster, type Drawn } from "../../test/support/made-up-clusters.ts";
import {
	type Fate,
	type Run,
	simulate,
} from "../../test/support/simulated-plans.ts";
import { isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import type { Plan } from "./plan.ts";
import { planRelocation } from "./relocation-plan.ts";
import { isGood } from "./step.ts";
import { planTakeover } from "./takeover-plan.ts";

const NAMES: readonly InstanceName[] = [
	"p:3306",
	"r0:3306",
	"r1:3306",
	"r2:3306",
];
const anyName = fc.constantFrom(...NAMES);
const fates = fc.array(
	fc.constantFrom<Fate>(
		"well",
		"well",
		"well",
		"well",
		"well",
		"fails",
		"fails late",
		"is lost",
	),
	{ maxLength: 10 },
);
const RUNS = { numRuns: 250 };

/** Nothing speaks against most of these, so that plans come about. */
const anyTakeover = fc.record({
	drawn: anyCluster(false, 40),
	to: anyName,
	auto: fc.boolean(),
	fates,
});

const takeOver = (
	{ snapshot, settings }: Drawn,
	request: { to: InstanceName; auto: boolean },
	drawnFates: readonly Fate[] = [],
): Run =>
	simulate({
		planner: planTakeover,
		request,
		snapshot,
		settings: { ...settings, mode: "available" },
		fates: drawnFates,
	});

const anyRelocation = fc.record({
	drawn: anyCluster(false, 40),
	instance: anyName,
	below: anyName,
	fates,
});

const relocate = (
	{ snapshot, settings }: Drawn,
	request: { instance: InstanceName; below: InstanceName },
	drawnFates: readonly Fate[] = [],
): Run =>
	simulate({
		planner: planRelocation,
		request,
		snapshot,
		settings,
		fates: drawnFates,
	});

const standingOf = ({ instances }: Snapshot) =>
	instances
		.filter(isLastCheckValid)
		.map(({ name, readOnly, replication }) => [
			name,
			readOnly,
			replication.sourceHost,
			replication.receiver > 0,
		]);

const backwards = (drawn: Drawn): Drawn => ({
	...drawn,
	snapshot: {
		...drawn.snapshot,
		instances: drawn.snapshot.instances.toReversed(),
	},
});

const checkShape = (plan: Plan): void => {
	let isBehind = false;
	for (const { steps, noReturn } of plan.phases) {
		const names = steps.flatMap((step) =>
			step.do === "handOver" ? [step.on, step.from] : [step.on],
		);
		expect(new Set(names).size).toBe(names.length);
		isBehind ||= noReturn === true;
		for (const step of steps)
			if (!isBehind && step.do === "moveBelow")
				expect(step.undo).toMatchObject({ do: "moveBelow", on: step.on });
	}
};

describe("a takeover, whatever happens on its way", () => {
	it("opens one server at most, and is whole or undone", () => {
		let switched = 0;
		fc.assert(
			fc.property(anyTakeover, ({ drawn, fates: drawnFates, ...request }) => {
				const run = takeOver(drawn, request, drawnFates);
				expect(run.faults).toEqual([]);
				for (const plan of run.plans) checkShape(plan);
				if (run.primary !== undefined) {
					switched++;
					expect(run.primary).toBe(request.to);
					expect(findInstance(run.world, request.to)?.readOnly).toBe(false);
					expect(findInstance(run.world, "p:3306")?.readOnly).toBe(true);
				} else if (run.state !== "stuck")
					expect(standingOf(run.world)).toEqual(standingOf(drawn.snapshot));
			}),
			RUNS,
		);
		expect(switched).toBeGreaterThan(5);
	});

	it("leaves nobody below the old primary but those that it names", () => {
		fc.assert(
			fc.property(anyTakeover, ({ drawn, ...request }) => {
				const run = takeOver(drawn, request);
				if (run.primary === undefined) return;
				const left = run.plans.at(-1)?.left.map((each) => each.name) ?? [];
				for (const { name, replication } of run.world.instances)
					if (replication.sourceHost === "p") expect(left).toContain(name);
			}),
			RUNS,
		);
	});

	it("is refused the second time, or finishes the first, and does not depend on the order of servers", () => {
		fc.assert(
			fc.property(anyTakeover, ({ drawn, fates: drawnFates, ...request }) => {
				const run = takeOver(drawn, request, drawnFates);
				expect(takeOver(backwards(drawn), request, drawnFates).plans).toEqual(
					run.plans,
				);
				if (run.primary === undefined) return;
				const again = takeOver(
					{ ...drawn, snapshot: { ...run.world, clusterName: run.primary } },
					request,
				);
				if (run.done.every(({ answer }) => isGood(answer)))
					expect(again.state).toBe("refused");
				expect([undefined, run.primary]).toContain(again.primary);
				expect(again.faults).toEqual([]);
			}),
			RUNS,
		);
	});
});

describe("a relocation, whatever happens on its way", () => {
	it("ends at the new source or where it was, and is done but once", () => {
		let moved = 0;
		fc.assert(
			fc.property(anyRelocation, ({ drawn, fates: drawnFates, ...request }) => {
				const run = relocate(drawn, request, drawnFates);
				for (const plan of run.plans) checkShape(plan);
				expect(relocate(backwards(drawn), request, drawnFates).plans).toEqual(
					run.plans,
				);
				if (run.state === "undone" || run.state === "refused")
					expect(standingOf(run.world)).toEqual(standingOf(drawn.snapshot));
				if (run.state !== "succeeded") return;
				moved++;
				const again = relocate({ ...drawn, snapshot: run.world }, request);
				expect([again.state, again.done]).toEqual(["succeeded", []]);
			}),
			RUNS,
		);
		expect(moved).toBeGreaterThan(5);
	});
});
