import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { type Bulk, bulkOf, type MovesRequest } from "./bulk-target.ts";
import { afterPhases } from "./foresee.ts";
import { failedIn } from "./members.ts";
import { asFound, laidAnew } from "./moves.ts";
import {
	type LeftBehind,
	NOTHING_LOST,
	type Phase,
	type PlannedStep,
	type Planner,
	type PlanSettings,
	phase,
	refused,
} from "./plan.ts";
import { descends, whyNobodyBelow } from "./relocation-checks.ts";
import { methodOf } from "./relocation-method.ts";
import { errantNotes, waitPhase } from "./relocation-plan.ts";
import { moveName, type Route, routeOf } from "./relocation-route.ts";
import { isRefusal, type Refusal } from "./relocation-way.ts";
import { isStoppedByHand, staysStopped } from "./stopped-by-hand.ts";

const TITLES: Readonly<Record<MovesRequest["way"], string>> = {
	replicas: "relocation of the replicas of",
	gtid: "move by GTID of the replicas of",
	up: "move up of the replicas of",
	repoint: "repointing of the replicas of",
	siblings: "move of the siblings of",
	regroup: "regrouping of the replicas of",
	regroupGtid: "regrouping by GTID of the replicas of",
	regroupBls: "regrouping of the binlog servers below",
	local: "making a local source of",
	match: "match of the replicas of",
	matchUp: "match up of the replicas of",
	regroupMatch: "regrouping by Pseudo-GTID of the replicas of",
};

const counted = (count: number): string =>
	count === 1 ? "1 replica" : `${count} replicas`;

const listed = (left: readonly LeftBehind[]): string =>
	left
		.map(({ name, reason }) =>
			// Most reasons begin with whom they are about.
			reason.startsWith(`${name} `) ? reason : `${name}: ${reason}`,
		)
		.join("; ");

/** One that can be moved, and how. */
interface Movable {
	readonly replica: Instance;
	readonly route: Route;
}

/** By file and position one that a person has stopped cannot be moved and stay as it is: what it has received must be applied. */
const whyNotAlong = (replica: Instance, { by }: Route): string | undefined =>
	by !== "gtid" && isStoppedByHand(replica)
		? `the receiver of ${replica.name} was stopped by hand, and a move by file and position would start it; move it alone`
		: undefined;

/** Those that can be moved there, and those that stay with the reason. */
const partsOf = (
	{ replicas, target, demand }: Bulk,
	snapshot: Snapshot,
	settings: PlanSettings,
): {
	readonly movable: readonly Movable[];
	readonly left: readonly LeftBehind[];
} => {
	const left: LeftBehind[] = [];
	const movable: Movable[] = [];
	for (const replica of replicas) {
		const route = routeOf(
			demand,
			snapshot,
			replica,
			failedIn(snapshot, target.name),
			settings,
		);
		const reason = isRefusal(route)
			? route.refusal
			: whyNotAlong(replica, route);
		if (isRefusal(route) || reason !== undefined)
			left.push({
				name: replica.name,
				reason: reason ?? "",
				...(isLastCheckValid(replica) ? {} : { isExpected: true as const }),
			});
		else movable.push({ replica, route });
	}
	return { movable, left };
};

/** Why nothing is done at all. */
const objection = (
	{ target, targetBelow, replicas, isNamed }: Bulk,
	snapshot: Snapshot,
): string | undefined => {
	if (replicas.length === 0 && targetBelow === undefined) return undefined;
	const above =
		isNamed === true
			? replicas.find(({ name }) => descends(snapshot, target, name))
			: undefined;
	if (above !== undefined)
		return `${target.name} is a descendant of ${above.name}, and a server cannot be moved below its own replicas; leave it out with -pattern, or name a server outside of them`;
	return whyNobodyBelow(target);
};

/** The server that takes its siblings goes up first. */
interface Rise {
	readonly phases: readonly Phase[];
	readonly notes: readonly string[];
	/** The servers as they stand then. Moves by GTID depend on it in nothing. */
	readonly after: Snapshot;
}

const riseOf = (
	{ target, targetBelow, demand }: Bulk,
	snapshot: Snapshot,
	settings: PlanSettings,
): Rise | Refusal => {
	if (targetBelow === undefined)
		return { phases: [], notes: [], after: snapshot };
	const method = methodOf(demand, snapshot, target, targetBelow, settings);
	if (isRefusal(method)) return method;
	const phases = [
		...(method.by === "gtid" ? waitPhase([target], targetBelow) : []).map(
			(each) => ({ ...each, name: "wait above" }),
		),
		phase("move up", [method.step], "undo"),
	];
	return {
		phases,
		notes: method.notes,
		after: method.by === "gtid" ? snapshot : afterPhases(snapshot, phases),
	};
};

/** The moves of one. Whom a person has stopped goes along, and is not started. */
const stepsOf = (
	{ isAnew }: Bulk,
	{ replica, route: { by, hops } }: Movable,
): readonly PlannedStep[] =>
	hops.map(({ method: { step } }) => {
		const made: PlannedStep =
			by === "gtid" ? { ...step, ...asFound(replica) } : step;
		return isAnew === true ? laidAnew(made) : made;
	});

const chunked = <T>(all: readonly T[], size: number): readonly T[][] =>
	Array.from({ length: Math.ceil(all.length / size) }, (_, nth) =>
		all.slice(nth * size, (nth + 1) * size),
	);

/** Steps that run at once, and whether their servers go on from there. */
type Chunk = Pick<Phase, "steps" | "isOnTheWay">;

const isAlone = ({ route: { by, hops } }: Movable): boolean =>
	by === "pair" || hops.length > 1;

/**
 * Replicas go beside each other, a bounded number at once; one that fails is put back alone. Those that share the server at rest go one
 * after another: its applier is theirs alone meanwhile. So do those that go by way of others.
 */
const movePhases = (
	bulk: Bulk,
	movable: readonly Movable[],
	atOnce: number,
): readonly Phase[] => {
	const together = movable.filter((each) => !isAlone(each));
	const chunks: readonly Chunk[] = [
		...chunked(together, atOnce).map((chunk) => ({
			steps: chunk.flatMap((each) => stepsOf(bulk, each)),
		})),
		...movable.filter(isAlone).flatMap((each) =>
			stepsOf(bulk, each).map(
				(step, nth, steps): Chunk => ({
					steps: [step],
					...(nth < steps.length - 1 ? { isOnTheWay: true } : {}),
				}),
			),
		),
	];
	return chunks.map(({ steps, ...rest }, nth) =>
		phase(moveName(nth, chunks.length), steps, "each", rest),
	);
};

const saidOf = (
	{ source, target, targetBelow }: Bulk,
	movable: readonly Movable[],
	left: readonly LeftBehind[],
): string =>
	[
		...(targetBelow === undefined
			? []
			: [`${target.name} replicates from ${targetBelow.name}`]),
		movable.length === 0
			? `there was no replica of ${source.name} to move below ${target.name}`
			: `${counted(movable.length)} of ${source.name} to stand below ${target.name}`,
		...(left.length === 0 ? [] : [`left where they are: ${listed(left)}`]),
	].join("; ");

/**
 * Several replicas below one server, each by what there is for it to go by. What speaks against one of them leaves that where it is; what speaks against the server
 * that they shall stand below leaves all of them.
 */
export const planMoves: Planner<MovesRequest> = ({
	request,
	snapshot,
	settings,
}) => {
	const title = `${TITLES[request.way]} ${request.instance}`;
	const bulk = bulkOf(request, snapshot, settings);
	if (isRefusal(bulk)) return refused(title, bulk.refusal);
	const { source, target, replicas, notes } = bulk;
	const why = objection(bulk, snapshot);
	if (why !== undefined) return refused(title, why, { notes });
	const rise = riseOf(bulk, snapshot, settings);
	if (isRefusal(rise)) return refused(title, rise.refusal, { notes });
	const { movable, left } = partsOf(bulk, rise.after, settings);
	if (movable.length === 0 && left.length > 0 && !bulk.targetBelow)
		return refused(
			title,
			`none of ${counted(replicas.length)} of ${source.name} can be moved below ${target.name}: ${listed(left)}`,
			{ notes },
		);
	return {
		title: `${title}, below ${target.name}`,
		loss: NOTHING_LOST,
		phases: [
			...rise.phases,
			...waitPhase(
				movable
					.filter(({ route }) => route.by === "gtid")
					.map(({ replica }) => replica),
				target,
			),
			...movePhases(bulk, movable, settings.concurrentMoves),
		],
		notes: [
			...notes,
			...rise.notes,
			...movable.flatMap(({ replica, route }) => [
				...errantNotes(snapshot, replica, bulk.target),
				...route.notes,
			]),
			...movable
				.filter(({ replica }) => isStoppedByHand(replica))
				.map(({ replica }) => staysStopped(replica, target)),
		],
		successor: target.name,
		left,
		says: saidOf(bulk, movable, left),
	};
};
