import { type Instance, sourceOf, usesGtid } from "../topology/instance.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { haveSameLogs } from "./log-origin.ts";
import { failedIn } from "./members.ts";
import {
	channelOf,
	match,
	move,
	moveForGood,
	wantsToReceive,
} from "./moves.ts";
import type { PlannedStep, PlanSettings } from "./plan.ts";
import { whyNotBelow } from "./relocation-by-gtid.ts";
import {
	pairServer,
	whyNotDisplaced,
	whyNotMatched,
	whyNotPaired,
	whyNotPlaced,
} from "./relocation-by-place.ts";
import type { Refusal } from "./relocation-way.ts";
import type { PlaceBy } from "./step.ts";

/**
 * Which methods may be taken. `any`: whatever there is; `gtid`, `markers`, `recorded`: that one alone; `classic`: none that searches logs;
 * `same`: none that takes it elsewhere.
 */
export type Demand =
	| "any"
	| "gtid"
	| "markers"
	| "classic"
	| "same"
	| "recorded";

/** How a replica goes below another server. */
export interface Method {
	readonly by: "gtid" | PlaceBy["way"];
	readonly step: PlannedStep;
	/** Why it goes so, where that is not by GTID; a sentence. */
	readonly notes: readonly string[];
}

type Asked = readonly [
	snapshot: Snapshot,
	instance: Instance,
	below: Instance,
	settings: PlanSettings,
];

const ASKED_FOR = "as it was asked for";

/** A move by GTID. */
export const moveStep = (
	snapshot: Snapshot,
	instance: Instance,
	below: Instance,
	because = ASKED_FOR,
): PlannedStep => {
	const from = sourceOf(instance);
	return from === undefined
		? moveForGood(instance, below, because)
		: move(
				instance,
				below,
				failedIn(snapshot, from),
				because,
				!wantsToReceive(instance, channelOf(instance)),
			);
};

const placed = (
	by: PlaceBy,
	[snapshot, instance, below]: Asked,
	notes: readonly string[] = [],
): Method => {
	const from = sourceOf(instance);
	const former = from === undefined ? undefined : findInstance(snapshot, from);
	return {
		by: by.way,
		step: match(instance, below, former, by, ASKED_FOR),
		notes,
	};
};

/** A way to go, or why it leads nowhere. */
type Way = (...asked: Asked) => Method | Refusal;

const byGtid: Way = (...asked) => {
	const refusal = whyNotBelow(...asked);
	const [snapshot, instance, below] = asked;
	return refusal === undefined
		? { by: "gtid", step: moveStep(snapshot, instance, below), notes: [] }
		: { refusal };
};

const byMarkers: Way = (...asked) => {
	const refusal = whyNotMatched(...asked);
	return refusal === undefined
		? placed({ way: "markers" }, asked)
		: { refusal };
};

const byRecord: Way = (...asked) => {
	const refusal = whyNotPlaced(...asked);
	return refusal === undefined
		? placed({ way: "recorded" }, asked)
		: { refusal };
};

const bySamePlace: Way = (...asked) => {
	const refusal = whyNotDisplaced(...asked);
	const [, instance, below] = asked;
	return refusal === undefined
		? placed({ way: "same", in: sourceOf(instance) ?? below.name }, asked)
		: { refusal };
};

const byPair: Way = (...asked) => {
	const [snapshot, instance, below] = asked;
	const refusal = whyNotPaired(...asked);
	const of = pairServer(snapshot, instance, below);
	if (refusal !== undefined || of === undefined)
		return { refusal: refusal ?? "" };
	const note =
		of === below
			? `${instance.name} goes by file and position: it is brought to where its sibling ${below.name} stands, whose applier stops for a moment`
			: `${instance.name} goes by file and position: it is brought to where its source ${of.name} stands, whose applier stops for a moment`;
	return placed(
		{
			way: "pair",
			of: of.name,
			ofChannel: channelOf(of),
			applies: of.replication.applier > 0,
		},
		asked,
		[note],
	);
};

/** Where its logs are those that it reads already, there is nothing to find. */
const standsInSameLogs = ([snapshot, instance, below]: Asked): boolean => {
	const source = sourceOf(instance);
	const from = source && findInstance(snapshot, source);
	return (
		source === below.name ||
		(from !== undefined && haveSameLogs(snapshot, from, below))
	);
};

const waysOf = (demand: Demand, asked: Asked): readonly Way[] => {
	const [, instance, , { noMarkers }] = asked;
	if (demand === "markers") return [byMarkers];
	if (demand === "recorded") return [byRecord];
	if (demand === "gtid" || usesGtid(instance)) return [byGtid];
	if (demand === "same" || standsInSameLogs(asked)) return [bySamePlace];
	return demand === "classic" || noMarkers !== ""
		? [byPair]
		: [byMarkers, byPair];
};

/** By GTID, at the same place, by Pseudo-GTID where it is configured, by the place of a sibling or its source: the first that nothing speaks against. */
export const methodOf = (demand: Demand, ...asked: Asked): Method | Refusal => {
	const refusals: string[] = [];
	for (const way of waysOf(demand, asked)) {
		const found = way(...asked);
		if (!("refusal" in found)) return found;
		refusals.push(found.refusal);
	}
	return { refusal: [...new Set(refusals)].join("; ") };
};
