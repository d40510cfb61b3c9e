import type { RequestOf } from "../planning/operation.ts";
import { type Instance, isReplica, usesGtid } from "../topology/instance.ts";
import { quickHostPattern } from "../topology/pattern.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { replicasIn } from "./members.ts";
import type { PlanSettings } from "./plan.ts";
import { chooseBinlogServer, chooseForRegroup } from "./regroup-choice.ts";
import { descends } from "./relocation-checks.ts";
import type { Demand } from "./relocation-method.ts";
import {
	grandSourceIn,
	isRefusal,
	memberOf,
	type Refusal,
	sourceIn,
} from "./relocation-way.ts";

export type MovesRequest = Omit<
	RequestOf<"moves">,
	"kind" | "cluster" | "requestedBy"
>;

/** Who is to be moved, and where. */
export interface Bulk {
	/** Whose replicas they are. */
	readonly source: Instance;
	readonly target: Instance;
	/** By name. */
	readonly replicas: readonly Instance[];
	/** Their channels are laid anew, also where they point there already. */
	readonly isAnew?: true;
	/** Where the target itself goes first. */
	readonly targetBelow?: Instance;
	/** One that is above the target is no reason to leave it out, but to do nothing. */
	readonly isNamed?: true;
	readonly demand: Demand;
	readonly notes: readonly string[];
}

const DEMANDS: Readonly<Record<MovesRequest["way"], Demand>> = {
	replicas: "any",
	gtid: "gtid",
	up: "classic",
	repoint: "same",
	siblings: "any",
	regroup: "any",
	regroupGtid: "gtid",
	regroupBls: "same",
	local: "any",
	match: "markers",
	matchUp: "markers",
	regroupMatch: "markers",
};

interface Asked {
	readonly request: MovesRequest;
	readonly snapshot: Snapshot;
	readonly settings: PlanSettings;
	readonly instance: Instance;
}

/** Its replicas that the pattern lets pass. Another one of its ring is its source, too: that is no replica to be moved. */
const replicasOf = (
	{ snapshot, request: { pattern } }: Asked,
	source: Instance,
): readonly Instance[] => {
	const found = pattern === undefined ? undefined : quickHostPattern(pattern);
	return replicasIn(snapshot, source.name).filter(
		({ name }) =>
			!descends(snapshot, source, name) &&
			(pattern === undefined || found?.test(name) === true),
	);
};

const but = (
	{ name }: Instance,
	replicas: readonly Instance[],
): readonly Instance[] => replicas.filter((each) => each.name !== name);

const belowNamed = (asked: Asked): Bulk | Refusal => {
	const { instance, snapshot, request } = asked;
	if (request.below === undefined)
		return {
			refusal: `it is not said below which server the replicas of ${instance.name} are to be moved`,
		};
	const target = memberOf(snapshot, request.below);
	if (isRefusal(target)) return target;
	return {
		source: instance,
		target,
		replicas: but(target, replicasOf(asked, instance)),
		demand: DEMANDS[request.way],
		isNamed: true,
		notes: [],
		// Below whom they are already: there is only that to be done.
		...(target.name === instance.name ? { isAnew: true as const } : {}),
	};
};

const upwards = (asked: Asked): Bulk | Refusal => {
	const { instance, snapshot } = asked;
	const above = sourceIn(snapshot, instance);
	return isRefusal(above)
		? above
		: {
				source: instance,
				target: above,
				replicas: but(above, replicasOf(asked, instance)),
				demand: DEMANDS[asked.request.way],
				notes: [],
			};
};

const anew = (asked: Asked): Bulk | Refusal => {
	const { request, instance } = asked;
	const bulk = belowNamed({
		...asked,
		request: { ...request, below: request.below ?? instance.name },
	});
	return isRefusal(bulk) ? bulk : { ...bulk, isAnew: true };
};

const ofSource = (asked: Asked): Bulk | Refusal => {
	const { instance, snapshot } = asked;
	const source = sourceIn(snapshot, instance);
	return isRefusal(source)
		? source
		: {
				source,
				target: instance,
				replicas: but(instance, replicasOf(asked, source)),
				demand: DEMANDS[asked.request.way],
				notes: [],
			};
};

const local = (asked: Asked): Bulk | Refusal => {
	const above = grandSourceIn(asked.snapshot, asked.instance);
	if (isRefusal(above)) return above;
	const bulk = ofSource(asked);
	return isRefusal(bulk) ? bulk : { ...bulk, targetBelow: above };
};

const regrouped = (asked: Asked): Bulk | Refusal => {
	const { instance, settings } = asked;
	const demand = DEMANDS[asked.request.way];
	const replicas = replicasOf(asked, instance);
	const [only] = replicas;
	if (only === undefined)
		return { refusal: `${instance.name} has no replicas to regroup` };
	if (replicas.every((each) => each.isBinlogServer))
		return regroupedBinlogServers(asked);
	if (replicas.length === 1)
		return { source: instance, target: only, replicas: [], demand, notes: [] };
	const choice = chooseForRegroup(
		instance,
		replicas,
		settings,
		demand === "gtid" || (demand === "any" && replicas.some(usesGtid))
			? "gtid"
			: "markers",
	);
	return isRefusal(choice)
		? choice
		: {
				source: instance,
				target: choice.chosen,
				replicas: but(choice.chosen, replicas),
				demand,
				notes: choice.notes,
			};
};

/** Only the binlog servers among the replicas: they hand on the same logs. */
const regroupedBinlogServers = (asked: Asked): Bulk | Refusal => {
	const { instance } = asked;
	const replicas = replicasOf(asked, instance);
	const choice = chooseBinlogServer(instance, replicas);
	return isRefusal(choice)
		? choice
		: {
				source: instance,
				target: choice.chosen,
				replicas: but(
					choice.chosen,
					replicas.filter((each) => each.isBinlogServer),
				),
				demand: DEMANDS[asked.request.way],
				notes: choice.notes,
			};
};

const matched =
	(way: (asked: Asked) => Bulk | Refusal) =>
	(asked: Asked): Bulk | Refusal => {
		const { noMarkers } = asked.settings;
		return noMarkers === "" ? way(asked) : { refusal: noMarkers };
	};

const WAYS: Readonly<
	Record<MovesRequest["way"], (asked: Asked) => Bulk | Refusal>
> = {
	replicas: belowNamed,
	gtid: belowNamed,
	up: upwards,
	repoint: anew,
	siblings: ofSource,
	regroup: regrouped,
	regroupGtid: regrouped,
	regroupBls: regroupedBinlogServers,
	local,
	match: matched(belowNamed),
	matchUp: matched(upwards),
	regroupMatch: matched(regrouped),
};

/** Who is to be moved and where by the request, or why that leads nowhere. */
export const bulkOf = (
	request: MovesRequest,
	snapshot: Snapshot,
	settings: PlanSettings,
): Bulk | Refusal => {
	const instance = memberOf(snapshot, request.instance);
	if (isRefusal(instance)) return instance;
	if (
		(request.way === "up" || request.way === "matchUp") &&
		!isReplica(instance)
	)
		return {
			refusal: `${instance.name} is not a replica: there is no server above it`,
		};
	return WAYS[request.way]({ request, snapshot, settings, instance });
};
