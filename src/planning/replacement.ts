import { canReplicateFrom } from "../topology/can-replicate.ts";
import {
	type Instance,
	isLastCheckValid,
	sourceOf,
} from "../topology/instance.ts";
import { compareNames } from "../topology/instance-name.ts";
import type { PromotionSettings } from "./candidate.ts";

type Place = Pick<Instance, "dataCenter" | "environment">;

const isPlacedAs = (one: Place, other: Place): boolean =>
	one.dataCenter === other.dataCenter && one.environment === other.environment;

const isCandidate = ({ promotionRule }: Instance): boolean =>
	promotionRule === "must" || promotionRule === "prefer";

const keepsGeography = (
	one: Instance,
	failed: Instance,
	settings: PromotionSettings,
): boolean =>
	(!settings.preventCrossDataCenter || one.dataCenter === failed.dataCenter) &&
	(!settings.preventCrossRegion || one.region === failed.region);

/** A direct replica of the promoted server that could change places with it. */
const canTakeOver = (
	one: Instance,
	promoted: Instance,
	settings: PromotionSettings,
): boolean =>
	isLastCheckValid(one) &&
	one.logBin &&
	one.logReplicaUpdates &&
	!one.isBinlogServer &&
	!settings.banned.includes(one.name) &&
	sourceOf(one) === promoted.name &&
	canReplicateFrom(promoted, one, settings).ok;

/**
 * The server that suits better as primary than the one that was promoted, else the promoted one: a candidate in the failed
 * primary's place, then in the promoted server's, then any that the geographic rules allow. Of several that
 * suit equally the last by host and port is taken, as in the reference.
 */
export const suggestReplacement = (
	failed: Instance,
	promoted: Instance,
	members: readonly Instance[],
	settings: PromotionSettings,
): Instance => {
	const able = members
		.filter(
			(each) =>
				each.name !== failed.name && canTakeOver(each, promoted, settings),
		)
		.toSorted((a, b) => compareNames(a.name, b.name));
	const isAllowed = (one: Instance) => keepsGeography(one, failed, settings);
	const last = (
		among: readonly Instance[],
		suits: (one: Instance) => boolean,
	): Instance | undefined => among.findLast(suits);

	if (isCandidate(promoted) && isPlacedAs(promoted, failed)) return promoted;
	const candidates = able.filter(isCandidate);
	const near = last(candidates, (one) => isPlacedAs(one, failed));
	if (near !== undefined) return near;
	if (isCandidate(promoted) && isAllowed(promoted)) return promoted;
	const other =
		last(candidates, (one) => isPlacedAs(one, promoted)) ??
		last(candidates, isAllowed);
	if (other !== undefined) return other;
	if (isAllowed(promoted) && promoted.promotionRule !== "prefer_not")
		return promoted;
	const neutral = able.filter((one) => one.promotionRule === "neutral");
	return (
		last(neutral, (one) => isPlacedAs(one, failed)) ??
		last(neutral, (one) => isPlacedAs(one, promoted)) ??
		last(neutral, isAllowed) ??
		promoted
	);
};
