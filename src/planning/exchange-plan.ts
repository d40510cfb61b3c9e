import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { afterPhases } from "./foresee.ts";
import { failedIn, primaryOnRecord } from "./members.ts";
import {
	NOTHING_LOST,
	type Phase,
	type Planner,
	phase,
	refused,
} from "./plan.ts";
import { descends } from "./relocation-checks.ts";
import { type Method, methodOf } from "./relocation-method.ts";
import { errantNotes, waitPhase } from "./relocation-plan.ts";
import {
	grandSourceIn,
	isRefusal,
	memberOf,
	type Refusal,
	sourceIn,
} from "./relocation-way.ts";

export interface ExchangeRequest {
	readonly instance: InstanceName;
}

/** Who changes places with whom, below whom. */
interface Places {
	readonly instance: Instance;
	readonly source: Instance;
	readonly above: Instance;
}

const placesOf = (
	snapshot: Snapshot,
	request: ExchangeRequest,
): Places | Refusal => {
	const instance = memberOf(snapshot, request.instance);
	if (isRefusal(instance)) return instance;
	const source = sourceIn(snapshot, instance);
	if (isRefusal(source)) return source;
	const above = grandSourceIn(snapshot, instance);
	if (source.name === primaryOnRecord(snapshot))
		return {
			refusal: `${source.name} is the primary of the cluster, whose place is not taken so: use graceful-master-takeover -i ${source.name} -d ${instance.name}`,
		};
	if (isRefusal(above)) return above;
	if (descends(snapshot, above, source.name))
		return {
			refusal: `${source.name} is one of a pair: it and ${above.name} replicate from each other, and its place cannot be taken`,
		};
	return { instance, source, above };
};

/** One goes below the other; by GTID once that has what it has. */
const putBelow = (
	instance: Instance,
	below: Instance,
	{ by, step }: Method,
	name: string,
	because: string,
): readonly Phase[] => [
	...(by === "gtid" ? waitPhase([instance], below) : []).map((each) => ({
		...each,
		name: `wait to ${name}`,
	})),
	phase(name, [{ ...step, because }], "undo"),
];

/**
 * A replica goes up beside its source, and that below it: both replicate all the time, and what fails is taken back. The other
 * replicas of the source stay below it.
 */
export const planExchange: Planner<ExchangeRequest> = ({
	request,
	snapshot,
	settings,
}) => {
	const title = `exchange of ${request.instance} with its source`;
	const places = placesOf(snapshot, request);
	if (isRefusal(places)) return refused(title, places.refusal);
	const { instance, source, above } = places;
	const goesUp = methodOf("any", snapshot, instance, above, settings);
	if (isRefusal(goesUp)) return refused(title, goesUp.refusal);
	const up = putBelow(
		instance,
		above,
		goesUp,
		"move up",
		`it takes the place of ${source.name}`,
	);
	const beside = afterPhases(snapshot, up);
	const there = failedIn(beside, instance.name);
	const goesDown = methodOf("any", beside, source, there, settings);
	if (isRefusal(goesDown)) return refused(title, goesDown.refusal);
	return {
		title: `exchange of ${instance.name} with its source ${source.name}`,
		loss: NOTHING_LOST,
		phases: [
			...up,
			...putBelow(
				source,
				there,
				goesDown,
				"move down",
				`${instance.name} has its place`,
			),
		],
		notes: [
			...errantNotes(snapshot, instance, above),
			...errantNotes(beside, source, there),
			...goesUp.notes,
			...goesDown.notes,
		],
		successor: instance.name,
		left: [],
		says: `${instance.name} replicates from ${above.name}, and ${source.name} from it`,
	};
};
