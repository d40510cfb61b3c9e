import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { circling } from "../../test/support/circles.ts";
import { PLANNING } from "../../test/support/made-up-clusters.ts";
import { at, byPlace, WITHOUT } from "../../test/support/made-up-places.ts";
import { server, snapshotOf } from "../../test/support/made-up-servers.ts";
import { type Fate, simulate } from "../../test/support/simulated-plans.ts";
import { sourceOf } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { planMoves } from "./bulk-moves.ts";
import type { Plan } from "./plan.ts";
import { planRelocation } from "./relocation-plan.ts";

const NAMES = ["a", "b", "c", "d", "e"] as const;
const anyName = fc
	.constantFrom("p", ...NAMES)
	.map((name): InstanceName => `${name}:3306`);

/** Replicas by file and position, each below whomever; some are binlog servers. */
const anyForest = fc
	.array(fc.tuple(fc.constantFrom("p", ...NAMES), fc.nat(9)), {
		minLength: NAMES.length,
		maxLength: NAMES.length,
	})
	.map((drawn) =>
		snapshotOf([
			server("p", 1, { ...WITHOUT, selfCoordinates: at(100) }),
			...NAMES.map((name, nth) => {
				const [sourceHost = "p", kind = 0] = drawn[nth] ?? [];
				return byPlace(
					name,
					nth + 2,
					{ sourceHost },
					{ isBinlogServer: kind === 0 },
				);
			}),
		]),
	);

const anyFates = fc.array(
	fc.constantFrom<Fate>("well", "well", "fails", "fails late", "is lost"),
	{ maxLength: 6 },
);

const settings = { ...PLANNING, noMarkers: "Pseudo-GTID is not configured" };
const RUNS = { numRuns: 1_000 };

const places = ({ instances }: Snapshot) =>
	new Map(instances.map((each) => [each.name, sourceOf(each)]));

const goneBelow = (plan: Plan | undefined): readonly InstanceName[] =>
	(plan?.phases ?? []).flatMap(({ steps }) =>
		steps.flatMap((step) => ("source" in step ? [step.source] : [])),
	);

describe("moves by way of others", () => {
	it("end where they are to, or where they began, in no circle", () => {
		let byWay = 0;
		fc.assert(
			fc.property(
				anyForest,
				anyName,
				anyName,
				anyFates,
				(snapshot, instance, below, fates) => {
					const { state, world, plans } = simulate({
						planner: planRelocation,
						request: { instance, below },
						snapshot,
						settings,
						fates,
					});
					const [before, after] = [places(snapshot), places(world)];
					// Each move leads on: to nobody again, and not back.
					const stops = goneBelow(plans[0]);
					if (stops.length > 1)
						expect(new Set([before.get(instance), ...stops]).size).toBe(
							stops.length + 1,
						);
					const circlingBefore = circling(snapshot);
					for (const name of circling(world))
						expect(circlingBefore).toContain(name);
					if (state === "succeeded") {
						expect(after.get(instance)).toBe(below);
						if ((plans[0]?.phases.length ?? 0) > 1) byWay += 1;
					}
					if (state === "undone" || state === "refused")
						expect(after).toEqual(before);
				},
			),
			RUNS,
		);
		expect(byWay).toBeGreaterThan(0);
	});

	it("leave nobody half of the way, also where several go", () => {
		let byWay = 0;
		fc.assert(
			fc.property(
				anyForest,
				anyName,
				anyName,
				anyFates,
				(snapshot, instance, below, fates) => {
					const { state, world, plans } = simulate({
						planner: planMoves,
						request: { instance, below, way: "replicas" },
						snapshot,
						settings,
						fates,
					});
					const before = places(snapshot);
					const circlingBefore = circling(snapshot);
					for (const name of circling(world))
						expect(circlingBefore).toContain(name);
					if (state !== "succeeded") return;
					if (plans[0]?.phases.some(({ isOnTheWay }) => isOnTheWay)) byWay += 1;
					for (const [name, source] of places(world))
						expect([before.get(name), below]).toContain(source);
				},
			),
			RUNS,
		);
		expect(byWay).toBeGreaterThan(0);
	});
});
