import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { circling } from "../../test/support/circles.ts";
import { anyCluster, type Drawn } from "../../test/support/made-up-clusters.ts";
import {
	type Fate,
	type Run,
	simulate,
} from "../../test/support/simulated-plans.ts";
import { channelsOf } from "../topology/channels.ts";
import { errantLackedBy } from "../topology/gtid/errant-held.ts";
import {
	type Instance,
	isLastCheckValid,
	sourceOf,
} from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { findInstance } from "../topology/snapshot.ts";
import { leftBehind } from "./accounted.ts";
import { planMoves } from "./bulk-moves.ts";
import type { MovesRequest } from "./bulk-target.ts";
import { isGood } from "./step.ts";

const NAMES: readonly InstanceName[] = [
	"p:3306",
	"r0:3306",
	"r1:3306",
	"r2:3306",
	"r3:3306",
	"r4:3306",
];
const anyName = fc.constantFrom(...NAMES);
const RUNS = { numRuns: 600 };

/** Every replica below whomever: chains, rings of two and more, replicas of servers that are not there. */
const anyTree = fc
	.tuple(
		fc.oneof(anyCluster(false, 40), anyCluster(false)),
		fc.array(fc.option(anyName, { nil: undefined }), { maxLength: 7 }),
		fc.boolean(),
	)
	.map(([drawn, sources, isRing]): Drawn => {
		const instances = drawn.snapshot.instances.map((each, at): Instance => {
			const source = sources[at];
			if (source === undefined || source === each.name) return each;
			if (channelsOf(each).length === 0 && !isRing) return each;
			const { host, port } = splitName(source);
			return {
				...each,
				replication: {
					...each.replication,
					usingOracleGtid: each.flavor !== "MariaDB",
					usingMariadbGtid: each.flavor === "MariaDB",
					sourceHost: host,
					sourcePort: port,
				},
			};
		});
		return { ...drawn, snapshot: { ...drawn.snapshot, instances } };
	});

const anyFates = fc.array(
	fc.constantFrom<Fate>(
		...Array(4).fill("well"),
		"fails",
		"fails late",
		"is lost",
		"dies",
	),
	{ maxLength: 8 },
);

const anyRequest = fc
	.record({
		instance: anyName,
		below: fc.option(anyName, { nil: undefined }),
		way: fc.constantFrom(
			"replicas",
			"gtid",
			"up",
			"repoint",
			"siblings",
			"regroup",
			"local",
		),
		pattern: fc.constantFrom(undefined, "r[0-2]"),
	} as const)
	.map(
		({ below, pattern, ...rest }): MovesRequest => ({
			...rest,
			...(below === undefined ? {} : { below }),
			...(pattern === undefined ? {} : { pattern }),
		}),
	);

const run = (
	{ snapshot, settings }: Drawn,
	request: MovesRequest,
	fates: readonly Fate[] = [],
): Run =>
	simulate({
		planner: planMoves,
		request,
		snapshot,
		settings: { ...settings, concurrentMoves: 2 },
		fates,
	});

describe("moves of several replicas", () => {
	it("make no circle, and break no rule, whatever fails on the way", () => {
		fc.assert(
			fc.property(anyTree, anyRequest, anyFates, (drawn, request, fates) => {
				const { world, faults, openings } = run(drawn, request, fates);
				expect(faults).toEqual([]);
				expect(openings).toEqual([]);
				const before = circling(drawn.snapshot);
				for (const name of circling(world)) expect(before).toContain(name);
			}),
			RUNS,
		);
	});

	it("put nobody below a server that has errant transactions, or is not to be a source", () => {
		fc.assert(
			fc.property(anyTree, anyRequest, (drawn, request) => {
				const { plans, done } = run(drawn, request);
				for (const { step } of done) {
					if (step.do !== "moveBelow") continue;
					const source = findInstance(drawn.snapshot, step.source);
					expect(source && isLastCheckValid(source)).toBe(true);
					expect(source?.logBin).toBe(true);
					const was = findInstance(drawn.snapshot, step.on);
					if (was === undefined || source === undefined) continue;
					if (sourceOf(was) !== step.source)
						expect(errantLackedBy(was, source.errantGtid)).toBe("");
				}
				const chosen = plans.at(-1)?.successor;
				if (request.way !== "regroup" || done.length === 0) return;
				const source = findInstance(drawn.snapshot, chosen ?? "");
				expect(source?.errantGtid).toBe("");
				expect(source?.promotionRule).not.toBe("must_not");
				expect(drawn.settings.banned).not.toContain(chosen);
			}),
			RUNS,
		);
	});

	it("leave each that was not moved where it was, and tell of it", () => {
		fc.assert(
			fc.property(anyTree, anyRequest, anyFates, (drawn, request, fates) => {
				const ran = run(drawn, request, fates);
				const plan = ran.plans.at(-1);
				if (plan === undefined || ran.state !== "succeeded") return;
				const left = leftBehind(plan, ran.done).map(({ name }) => name);
				const moving = plan.phases
					.filter(({ onFailure }) => onFailure === "each")
					.flatMap(({ steps }) => steps);
				for (const { on } of moving) {
					const hasMoved = ran.done.some(
						({ step, answer }) => step.on === on && isGood(answer),
					);
					expect(left.includes(on)).toBe(!hasMoved);
					const now = findInstance(ran.world, on);
					if (now === undefined || !isLastCheckValid(now) || hasMoved) continue;
					const was = findInstance(drawn.snapshot, on);
					expect(sourceOf(now)).toBe(was && sourceOf(was));
				}
				// All others stand where they stood.
				const moved = new Set(ran.done.map(({ step }) => step.on));
				for (const now of ran.world.instances)
					if (!moved.has(now.name))
						expect(now).toEqual(findInstance(drawn.snapshot, now.name));
			}),
			RUNS,
		);
	});

	it("come about", () => {
		const ways = new Set<string>();
		fc.assert(
			fc.property(anyTree, anyRequest, (drawn, request) => {
				const { state, done } = run(drawn, request);
				if (state === "succeeded" && done.length > 0) ways.add(request.way);
			}),
			RUNS,
		);
		expect([...ways].sort()).toEqual([
			"gtid",
			"local",
			"regroup",
			"replicas",
			"repoint",
			"siblings",
			"up",
		]);
	});
});
