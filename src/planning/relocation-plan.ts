import { errantBetween } from "../topology/gtid/errant-held.ts";
import {
	type Instance,
	isReplica,
	sourceOf,
	usesGtid,
} from "../topology/instance.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { replicasIn } from "./members.ts";
import { channelOf, laidAnew, namesOf } from "./moves.ts";
import {
	NOTHING_LOST,
	type Phase,
	type Plan,
	type Planner,
	phase,
	refused,
} from "./plan.ts";
import { errantIn } from "./relocation-by-gtid.ts";
import { moveName, routeOf } from "./relocation-route.ts";
import {
	demandOf,
	isRefusal,
	placeOf,
	type RelocationRequest,
	WAY_TITLES,
} from "./relocation-way.ts";
import { startsThere } from "./stopped-by-hand.ts";

/** The new source must have what the replicas have, or they would run ahead of it. A primary has it already. */
export const waitPhase = (
	replicas: readonly Instance[],
	below: Instance,
): readonly Phase[] =>
	isReplica(below) && replicas.length > 0
		? [
				phase(
					"wait",
					[
						{
							do: "applyReceived",
							on: below.name,
							channel: channelOf(below),
							of: namesOf(replicas),
							because: `it shall have what ${namesOf(replicas).join(", ")} ${replicas.length === 1 ? "has" : "have"}`,
						},
					],
					"undo",
				),
			]
		: [];

/** What is errant on servers above it, and what it has got of that and the new source lacks. */
const errantGot = (
	snapshot: Snapshot,
	instance: Instance,
	below: Instance,
): string =>
	usesGtid(instance)
		? errantBetween(
				instance,
				below,
				errantIn(snapshot, { ...instance, errantGtid: "" }),
			)
		: "";

/** What it has and the new source lacks goes with it, and is told. */
export const errantNotes = (
	snapshot: Snapshot,
	instance: Instance,
	below: Instance,
): readonly string[] => {
	const got = errantGot(snapshot, instance, below);
	const replicas = namesOf(replicasIn(snapshot, instance.name));
	const passed =
		replicas.length === 0
			? ""
			: `; its replicas ${replicas.join(", ")} get them from it, wherever it stands`;
	return [
		...(instance.errantGtid === ""
			? []
			: [
					`${instance.name} keeps errant transactions of its own: ${instance.errantGtid.slice(0, 200)}${passed}`,
				]),
		...(got === ""
			? []
			: [
					`${instance.name} keeps errant transactions that it got from ${sourceOf(instance)}, and ${below.name} does not get them: ${got.slice(0, 200)}; they are errant on ${instance.name} then`,
				]),
	];
};

const titleOf = (
	{ instance, way }: RelocationRequest,
	below: Instance["name"] | undefined,
): string =>
	[
		way === undefined ? "relocation" : WAY_TITLES[way],
		`of ${instance}`,
		...(below === undefined ? [] : [`below ${below}`]),
	].join(" ");

/** One replica below another server, by whatever there is to go by. When it does not replicate there it is put back. */
export const planRelocation: Planner<RelocationRequest> = ({
	request,
	snapshot,
	settings,
}) => {
	const place = placeOf(snapshot, request);
	if (isRefusal(place))
		return refused(titleOf(request, request.below), place.refusal);
	const { instance, below } = place;
	const title = titleOf(request, below.name);
	const route = routeOf(
		demandOf(request.way),
		snapshot,
		instance,
		below,
		settings,
	);
	if (isRefusal(route)) return refused(title, route.refusal);
	const plan: Omit<Plan, "phases" | "says"> = {
		title,
		loss: NOTHING_LOST,
		notes: [
			...errantNotes(snapshot, instance, below),
			...startsThere(instance, below),
			...route.notes,
		],
		successor: below.name,
		left: [],
	};
	const isThere = sourceOf(instance) === below.name;
	const { receiver, applier } = instance.replication;
	const isAnew =
		isThere && (request.way === "repoint" || request.way === "rematch");
	if (isThere && !isAnew && receiver === 1 && applier === 1)
		return {
			...plan,
			phases: [],
			says: `${instance.name} replicates from ${below.name} already`,
		};
	return {
		...plan,
		phases: [
			...(route.by === "gtid" ? waitPhase([instance], below) : []),
			...route.hops.map(({ method: { step } }, nth) =>
				phase(
					moveName(nth, route.hops.length),
					[isAnew ? laidAnew(step) : step],
					"undo",
				),
			),
		],
		says: `${instance.name} replicates from ${below.name}`,
	};
};
