import {
	type Instance,
	isLastCheckValid,
	isReplica,
	sourceOf,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import {
	acknowledgersText,
	unknownAcknowledgers,
} from "../topology/unknown-replicas.ts";
import {
	type Candidacy,
	candidacyNotes,
	chooseCandidate,
} from "./candidate.ts";
import { caughtUp } from "./holdings.ts";
import { byName, otherPrimary, replicasIn } from "./members.ts";
import { type Plan, type Planner, type PlanSettings, refused } from "./plan.ts";
import { isHandedOver, notFit } from "./switch-checks.ts";
import { planSwitch } from "./switch-plan.ts";

export interface TakeoverRequest {
	/** The replica to promote; without it the only one, or with `auto` the best one. */
	readonly to?: InstanceName;
	/** Choose the replica, and start replication on the old primary. */
	readonly auto: boolean;
}

const PREFIX = "GracefulMasterTakeover:";

const isFiltered = ({ replication }: Instance): boolean =>
	replication.hasFilters;

/** Exactly one primary that is up, or why there is none. */
const primaryIn = (
	snapshot: Snapshot,
): { readonly primary: Instance } | { readonly refusal: string } => {
	const tops = snapshot.instances
		.filter(
			(each) =>
				!isReplica(each) &&
				(each.name === snapshot.clusterName ||
					replicasIn(snapshot, each.name).length > 0),
		)
		.toSorted(byName);
	const [primary] = tops;
	if (primary === undefined || tops.length > 1)
		return {
			refusal: `cannot deduce the cluster master of ${snapshot.clusterName}: found ${tops.length === 0 ? "none" : tops.map((each) => each.name).join(", ")}`,
		};
	if (!isLastCheckValid(primary))
		return {
			refusal: `${primary.name} cannot be reached (${primary.check.error}); use recover -i ${primary.name}, or force-master-failover -i ${primary.name}`,
		};
	const other = otherPrimary(snapshot, primary);
	return other === undefined
		? { primary }
		: {
				refusal: `${other.name} is the primary of the cluster and takes writes, though it still replicates from ${primary.name}; let ${primary.name} rejoin`,
			};
};

/**
 * The primary of a takeover that was cut off after it had opened the new one: closed, and still named by that one as its source.
 * What is left of it is done now.
 */
const stoodDown = (
	{ instances }: Snapshot,
	{ to }: TakeoverRequest,
): Instance | undefined => {
	const pairs = instances
		.filter((each) => to === undefined || each.name === to)
		.filter((each) => isReplica(each) && isLastCheckValid(each))
		.flatMap((each) => {
			const source = instances.find(({ name }) => name === sourceOf(each));
			return source !== undefined && isHandedOver(source, each) ? [source] : [];
		});
	return pairs.length === 1 ? pairs[0] : undefined;
};

/** Why the request itself does not go with these replicas. */
const misdirected = (
	primary: Instance,
	replicas: readonly Instance[],
	{ to, auto }: TakeoverRequest,
): string | undefined => {
	if (replicas.length === 0) return `${primary.name} has no replicas`;
	if (to === undefined && !auto && replicas.length > 1)
		return `target instance not indicated, and ${primary.name} has ${replicas.length} replicas: name one, or use graceful-master-takeover-auto`;
	if (to === primary.name)
		return `${to} must be directly replicating from the master ${to}, which it is itself: name one of its replicas`;
	if (to !== undefined && !replicas.some((each) => each.name === to))
		return `${to} must be directly replicating from the master ${primary.name}`;
	return undefined;
};

/** Who acknowledges and is not known; empty once the primary has stood down, when nobody is asked back any more. */
const unknownBeside = (snapshot: Snapshot, primary: Instance): string => {
	const count = primary.readOnly
		? 0
		: unknownAcknowledgers(primary, snapshot.instances);
	return count === 0 ? "" : acknowledgersText(primary, count);
};

/** All is received and applied before the switch, whatever is not yet. */
const chosenFrom = (
	primary: Instance,
	replicas: readonly Instance[],
	{ to, auto }: TakeoverRequest,
	settings: PlanSettings,
	fenced: readonly InstanceName[] = [],
): Candidacy => {
	const unfit = replicas.flatMap((each) => {
		const why = notFit(each, primary, settings);
		return why === undefined ? [] : [{ name: each.name, reason: why }];
	});
	const mayChoose = auto && to === undefined && unfit.length < replicas.length;
	const out = new Set(unfit.map((each) => each.name));
	const candidacy = chooseCandidate(
		primary,
		caughtUp(
			primary,
			mayChoose ? replicas.filter((each) => !out.has(each.name)) : replicas,
		),
		{
			...settings,
			refuseUnapplied: false,
			setAside: fenced,
			withoutGtid: true,
		},
		to,
	);
	return mayChoose
		? { ...candidacy, excluded: [...candidacy.excluded, ...unfit] }
		: candidacy;
};

/** The planned change of primary: everything that speaks against it does so here, before anything is touched. */
export const planTakeover: Planner<TakeoverRequest> = ({
	request,
	snapshot,
	settings,
}) => {
	const title = `takeover of ${snapshot.clusterName}`;
	const refuse = (why: string, notes: readonly string[] = []): Plan =>
		refused(title, `${PREFIX} ${why}`, { notes });
	const former = stoodDown(snapshot, request);
	const found =
		former === undefined ? primaryIn(snapshot) : { primary: former };
	if ("refusal" in found) return refuse(found.refusal);
	const { primary } = found;
	const replicas = replicasIn(snapshot, primary.name);
	const wrong = misdirected(primary, replicas, request);
	if (wrong !== undefined) return refuse(wrong);
	const candidacy = chosenFrom(
		primary,
		replicas,
		request,
		settings,
		snapshot.fenced,
	);
	const unknown = unknownBeside(snapshot, primary);
	if (unknown !== "" && settings.mode === "lossless")
		return refuse(
			`BatonMode is lossless, and ${unknown}; or set BatonMode to available`,
		);
	const notes = [
		...candidacyNotes(candidacy),
		...(unknown === "" ? [] : [`${unknown}: they stay where they are`]),
	];
	const designated = replicas.find((each) => each.name === candidacy.chosen);
	if (designated === undefined) return refuse(candidacy.refusal, notes);
	if (request.to === undefined && isFiltered(designated))
		return refuse(
			`${designated.name} has replication filters, and may lack what they kept out; name it to promote it all the same`,
			notes,
		);
	const plan = planSwitch({
		snapshot,
		settings,
		primary,
		designated,
		auto: request.auto,
		model: primary,
	});
	return plan.refusal === undefined
		? { ...plan, notes: [...notes, ...plan.notes] }
		: refuse(plan.refusal, notes);
};
