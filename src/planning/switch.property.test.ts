import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyCluster, type Drawn } from "../../test/support/made-up-clusters.ts";
import { downtimeOf } from "../../test/support/made-up-servers.ts";
import {
	type Fate,
	type Run,
	simulate,
} from "../../test/support/simulated-plans.ts";
import { channelsOf } from "../topology/channels.ts";
import {
	type Instance,
	isLastCheckValid,
	sourceOf,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { leftBehind } from "./accounted.ts";
import type { Plan, PlannedStep } from "./plan.ts";
import { planRelocation } from "./relocation-plan.ts";
import { policyOf } from "./semi-sync-for.ts";
import { isGood, isHarmless, isMove, type StepKind, stepText } from "./step.ts";
import { planTakeover } from "./takeover-plan.ts";

const NAMES: readonly InstanceName[] = [
	"p:3306",
	"r0:3306",
	"r1:3306",
	"r2:3306",
];
const anyName = fc.constantFrom(...NAMES);
const anyReplica = fc.constantFrom(...NAMES.slice(1));
const trouble = ["fails", "fails late", "is lost", "dies", "dies"] as const;
const fates = fc.oneof(
	fc.array(fc.constantFrom<Fate>(...Array(5).fill("well"), ...trouble), {
		maxLength: 10,
	}),
	// All goes well until one step late in the plan.
	fc
		.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom<Fate>(...trouble))
		.map(([wells, fate]): Fate[] => [...Array(wells).fill("well"), fate]),
);
const RUNS = { numRuns: 800 };

/** Nothing speaks against most of these, so that plans come about. One replica may be downtimed, and found in whatever order. */
const drawnOf = (clusters: fc.Arbitrary<Drawn>) =>
	fc
		.tuple(clusters, fc.constantFrom([], [], ["r1"]))
		.chain(([drawn, hosts]) => {
			const downtimes = hosts.map(downtimeOf);
			const { instances } = drawn.snapshot;
			const found = (order: readonly Instance[]): Drawn => ({
				...drawn,
				snapshot: { ...drawn.snapshot, instances: order, downtimes },
			});
			return fc.record({
				drawn: fc.constant(found(instances)),
				shuffled: fc
					.shuffledSubarray([...instances], { minLength: instances.length })
					.map(found),
			});
		});

const anyTakeover = fc.record({
	of: drawnOf(anyCluster(false, 40)),
	to: fc.oneof(
		{ weight: 9, arbitrary: anyReplica },
		{ weight: 1, arbitrary: anyName },
	),
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
		settings,
		fates: drawnFates,
	});

const inMode = (drawn: Drawn, mode: "available" | "lossless"): Drawn => ({
	...drawn,
	settings: { ...drawn.settings, mode },
});

const anyRelocation = fc.record({
	of: drawnOf(fc.oneof(anyCluster(false, 40), anyCluster(false))),
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

/** How the servers stand that live in the end, as far as an undo must put them back. */
const standings = (run: Run, before: Snapshot) => {
	const alive = new Set(
		run.world.instances.filter(isLastCheckValid).map(({ name }) => name),
	);
	return [run.world, before].map(({ instances }) =>
		instances
			.filter(({ name }) => alive.has(name))
			.map((each) => [
				each.name,
				each.readOnly,
				...channelsOf(each).map((channel) => [
					channel.channel,
					channel.sourceHost,
					channel.receiver > 0,
					channel.sqlDelaySeconds,
				]),
			]),
	);
};

const expectAsBefore = (run: Run, before: Snapshot): void => {
	const [now, then] = standings(run, before);
	expect(now).toEqual(then);
};

/** What takes a step back, by what was before; undefined where there is nothing to be taken back. */
const wayBack = (before: Snapshot, step: PlannedStep): object | undefined => {
	const server = findInstance(before, step.on);
	if (server === undefined) throw new Error(`${step.on} is not there`);
	if (isHarmless(step)) return undefined;
	if (isMove(step)) {
		const source = sourceOf(server);
		const former = source && findInstance(before, source);
		// What the logs of the dead say nobody can read.
		return step.do === "moveBelow" || (former && isLastCheckValid(former))
			? { do: step.do, on: step.on, channel: step.channel, source }
			: undefined;
	}
	if (step.do === "handOver") {
		const from = findInstance(before, step.from);
		// Without GTIDs nobody could tell whether it was opened.
		return from === undefined || from.readOnly || step.placedBy !== undefined
			? undefined
			: { do: "open", on: step.from, semiSync: policyOf(from) };
	}
	throw new Error(`nothing is known to take back: ${stepText(step)}`);
};

/** Until a server is opened there is a way back from each step, and behind that from none. */
const checkShape = (plan: Plan, before: Snapshot): void => {
	let isBehind = false;
	for (const { steps, noReturn } of plan.phases) {
		const names = steps.flatMap((step) =>
			step.do === "handOver" ? [step.on, step.from] : [step.on],
		);
		expect(new Set(names).size).toBe(names.length);
		for (const step of steps) {
			const back = isBehind ? undefined : wayBack(before, step);
			if (back === undefined) expect(step.undo).toBeUndefined();
			else expect(step.undo).toMatchObject(back);
		}
		isBehind ||= noReturn === true;
	}
};

/** Adds up which kinds of steps had to be taken back. */
const countTakenBack = (run: Run, counts: Map<StepKind, number>): void => {
	for (const { step, answer } of run.done)
		if (answer.effect !== "unchanged")
			counts.set(step.do, (counts.get(step.do) ?? 0) + 1);
};

describe("a takeover, whatever happens on its way", () => {
	it.each(["available", "lossless"] as const)(
		"opens one server at most, and is whole or undone (%s)",
		(mode) => {
			let switched = 0;
			const takenBack = new Map<StepKind, number>();
			fc.assert(
				fc.property(anyTakeover, ({ of, fates: drawnFates, ...request }) => {
					const { snapshot } = of.drawn;
					const run = takeOver(inMode(of.drawn, mode), request, drawnFates);
					expect(run.faults).toEqual([]);
					for (const plan of run.plans) checkShape(plan, snapshot);
					if (run.primary !== undefined) {
						switched++;
						expect(run.openings).toEqual([request.to]);
						expect(run.primary).toBe(request.to);
						expect(findInstance(run.world, request.to)?.readOnly).toBe(false);
						expect(findInstance(run.world, "p:3306")?.readOnly).toBe(true);
					} else if (run.state !== "stuck") {
						expectAsBefore(run, snapshot);
						countTakenBack(run, takenBack);
					}
				}),
				RUNS,
			);
			expect(switched).toBeGreaterThan(5);
			expect(takenBack.get("moveBelow")).toBeGreaterThan(3);
			expect(takenBack.get("handOver")).toBeGreaterThan(1);
		},
	);

	it("in lossless mode never waits for less than the old primary did", () => {
		const ended = { switched: 0, refused: 0 };
		fc.assert(
			fc.property(anyTakeover, ({ of, fates: drawnFates, ...request }) => {
				const old = findInstance(of.drawn.snapshot, "p:3306")?.semiSync;
				if (old?.sourceEnabled !== true) return;
				const run = takeOver(inMode(of.drawn, "lossless"), request, drawnFates);
				if (run.plans.at(-1)?.refusal?.includes("BatonMode is lossless"))
					ended.refused++;
				for (const { steps } of run.plans.flatMap(({ phases }) => phases))
					for (const step of steps)
						if (step.do === "fitSemiSync") expect(step.lowers).toBe(false);
				const to = findInstance(of.drawn.snapshot, request.to);
				if (run.primary === undefined) return;
				expect(to?.semiSync.available).toBe(true);
				ended.switched++;
				const opening = run.done.find(({ step }) => step.do === "handOver");
				expect(opening?.step).toMatchObject({
					semiSync: {
						sourceEnabled: true,
						waitForReplicaCount: old.waitForReplicaCount,
						sourceTimeoutMs: old.sourceTimeoutMs,
					},
				});
				if (!run.done.every(({ answer }) => isGood(answer))) return;
				const ackers = run.world.instances.filter(
					(each) =>
						sourceOf(each) === request.to &&
						each.replication.receiver > 0 &&
						each.semiSync.replicaEnabled,
				);
				expect(ackers.length).toBeGreaterThanOrEqual(old.waitForReplicaCount);
			}),
			RUNS,
		);
		expect(ended.switched).toBeGreaterThan(5);
		expect(ended.refused).toBeGreaterThan(3);
	});

	it("leaves nobody below the old primary but those that it names", () => {
		let left = 0;
		fc.assert(
			fc.property(anyTakeover, ({ of, fates: drawnFates, ...request }) => {
				const run = takeOver(of.drawn, request, drawnFates);
				if (run.primary === undefined) return;
				const names = leftBehind(
					run.plans.at(-1) ?? { left: [], phases: [] },
					run.done,
				).map((each) => each.name);
				for (const { name, replication } of run.world.instances)
					if (replication.sourceHost === "p" && name !== run.primary) {
						left++;
						expect(names).toContain(name);
					}
			}),
			RUNS,
		);
		expect(left).toBeGreaterThan(3);
	});

	it("is refused the second time, or finishes the first, and does not depend on the order of servers", () => {
		let twice = 0;
		fc.assert(
			fc.property(anyTakeover, ({ of, fates: drawnFates, ...request }) => {
				const run = takeOver(of.drawn, request, drawnFates);
				expect(takeOver(of.shuffled, request, drawnFates).plans).toEqual(
					run.plans,
				);
				expect(["refused", "succeeded"]).toContain(
					takeOver(of.drawn, request).state,
				);
				if (run.primary === undefined) return;
				twice++;
				const again = takeOver(
					{ ...of.drawn, snapshot: { ...run.world, clusterName: run.primary } },
					request,
				);
				if (run.done.every(({ answer }) => isGood(answer)))
					expect(again.state).toBe("refused");
				expect([undefined, run.primary]).toContain(again.primary);
				expect(again.faults).toEqual([]);
			}),
			RUNS,
		);
		expect(twice).toBeGreaterThan(5);
	});
});

describe("a relocation, whatever happens on its way", () => {
	it("ends at the new source or where it was, and is done but once", () => {
		let moved = 0;
		let movedBack = 0;
		fc.assert(
			fc.property(anyRelocation, ({ of, fates: drawnFates, ...request }) => {
				const { snapshot } = of.drawn;
				const run = relocate(of.drawn, request, drawnFates);
				expect(run.faults).toEqual([]);
				expect(run.openings).toEqual([]);
				for (const plan of run.plans) checkShape(plan, snapshot);
				expect(relocate(of.shuffled, request, drawnFates).plans).toEqual(
					run.plans,
				);
				if (run.state === "undone" || run.state === "refused") {
					expectAsBefore(run, snapshot);
					if (run.state === "undone") movedBack++;
				}
				// What would not go is refused, not tried.
				expect(["refused", "succeeded"]).toContain(
					relocate(of.drawn, request).state,
				);
				if (run.state !== "succeeded") return;
				moved++;
				expect(sourceOf(serverIn(run.world, request.instance))).toBe(
					request.below,
				);
				const again = relocate({ ...of.drawn, snapshot: run.world }, request);
				expect([again.state, again.done]).toEqual(["succeeded", []]);
			}),
			RUNS,
		);
		expect(moved).toBeGreaterThan(5);
		expect(movedBack).toBeGreaterThan(5);
	});
});

const serverIn = (snapshot: Snapshot, name: InstanceName): Instance => {
	const found = findInstance(snapshot, name);
	if (found === undefined) throw new Error(`${name} is not there`);
	return found;
};
