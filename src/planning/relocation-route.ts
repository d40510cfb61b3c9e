import { type Instance, usesGtid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { ancestorsOf, lineageOf } from "../topology/lineage.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { afterStep } from "./foresee.ts";
import { failedIn } from "./members.ts";
import { namesOf } from "./moves.ts";
import type { PlanSettings } from "./plan.ts";
import { type Demand, type Method, methodOf } from "./relocation-method.ts";
import { isRefusal, type Refusal } from "./relocation-way.ts";

/** One move on the way of a replica. */
interface Hop {
	readonly below: Instance;
	readonly method: Method;
}

/** How a replica comes below another server: one move, or several by way of others, the last of them below that server. */
export interface Route {
	readonly hops: readonly Hop[];
	/** How the first of them is made. */
	readonly by: Method["by"];
	/** Why it goes so; a sentence each. */
	readonly notes: readonly string[];
}

/**
 * The servers by which the tree leads from the replica to the other one: up to the nearest that both stand below, and down from there.
 * Empty where it does not.
 */
const stopsOf = (
	{ instances }: Snapshot,
	instance: Instance,
	below: Instance,
): readonly Instance[] => {
	const lineage = lineageOf(instances);
	const above = ancestorsOf(lineage, instance);
	const over = [below, ...ancestorsOf(lineage, below)];
	const nearest = above.find((each) => over.includes(each));
	if (nearest === undefined || over.includes(instance)) return [];
	return [
		...above.slice(1, above.indexOf(nearest) + 1),
		...over.slice(0, over.indexOf(nearest)).reverse(),
	];
};

/** The furthest of the stops that it can be moved below; why not even the nearest, where there is none. */
const furthest = (
	snapshot: Snapshot,
	instance: Instance,
	stops: readonly Instance[],
	settings: PlanSettings,
): Hop | Refusal => {
	let found: Hop | Refusal = { refusal: "" };
	for (const { name } of stops.toReversed()) {
		const below = failedIn(snapshot, name);
		const method = methodOf("any", snapshot, instance, below, settings);
		if (!isRefusal(method)) return { below, method };
		found = method;
	}
	return found;
};

/** Why it does not come to that stop. */
interface Stuck extends Refusal {
	readonly stop: InstanceName;
}

/** The moves from stop to stop, each planned for the topology as those before it leave that. */
const hopsBy = (
	stops: readonly Instance[],
	snapshot: Snapshot,
	instance: Instance,
	settings: PlanSettings,
): readonly Hop[] | Stuck => {
	const hops: Hop[] = [];
	let [now, left] = [snapshot, stops];
	for (let [next] = left; next !== undefined; [next] = left) {
		const replica = failedIn(now, instance.name);
		const hop = furthest(now, replica, left, settings);
		if (isRefusal(hop)) return { ...hop, stop: next.name };
		hops.push(hop);
		now = afterStep(now, hop.method.step);
		left = left.slice(
			left.findIndex(({ name }) => name === hop.below.name) + 1,
		);
	}
	return hops;
};

/**
 * One move where that is possible. Else, of a replica that goes by places in logs, and where it may go by whatever there is, the moves
 * along the tree, the fewest first.
 */
export const routeOf = (
	demand: Demand,
	snapshot: Snapshot,
	instance: Instance,
	below: Instance,
	settings: PlanSettings,
): Route | Refusal => {
	const direct = methodOf(demand, snapshot, instance, below, settings);
	if (!isRefusal(direct))
		return {
			hops: [{ below, method: direct }],
			by: direct.by,
			notes: direct.notes,
		};
	if (demand !== "any" || usesGtid(instance)) return direct;
	const stops = stopsOf(snapshot, instance, below);
	if (stops.length < 2) return direct;
	const hops = hopsBy(stops, snapshot, instance, settings);
	if ("stop" in hops)
		// What speaks against any move of it is said once.
		return direct.refusal.includes(hops.refusal)
			? direct
			: {
					refusal: `${direct.refusal}; nor does it go by way of ${hops.stop}: ${hops.refusal}`,
				};
	const through = namesOf(hops.map((hop) => hop.below)).slice(0, -1);
	return {
		hops,
		by: hops[0]?.method.by ?? "pair",
		notes: [
			`${instance.name} goes in ${hops.length} moves, by way of ${through.join(" and ")}: ${direct.refusal}`,
			...hops.flatMap(({ method }) => method.notes),
		],
	};
};

/** What the phase of a move is called: `move`, or `move (1 of 2)`. */
export const moveName = (nth: number, count: number): string =>
	count === 1 ? "move" : `move (${nth + 1} of ${count})`;
