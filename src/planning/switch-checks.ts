import {
	canReplicateFrom,
	isGtidCompatible,
	missingPurged,
} from "../topology/can-replicate.ts";
import { channelsText, isMultiSource } from "../topology/channels.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplicationRunning,
} from "../topology/instance.ts";
import { readOnlyStatement } from "../topology/read-only.ts";
import { errantRemedy } from "./errant-remedy.ts";
import type { PlanSettings } from "./plan.ts";
import { cannot } from "./privileges.ts";

// What speaks against a planned change of primary, each as a sentence: all of it is asked before anything is touched.

const lagText = ({ lagSeconds }: Instance): string =>
	`${lagSeconds ?? "an unknown number of"} seconds`;

/** Which thread is not as it should be. A receiver that looks for its source is not one that was stopped. */
const notReplicating = ({ name, replication }: Instance): string => {
	const { receiver, applier, lastApplierError, lastReceiverError } =
		replication;
	if (applier !== 1 && lastApplierError !== "")
		return `${name} does not replicate: its applier is broken: ${lastApplierError.slice(0, 160)}; mend what it stopped at (skip-query passes over it), or name another replica`;
	if (receiver === 2)
		return `${name} does not replicate: its receiver has no connection to its source${lastReceiverError === "" ? "" : `: ${lastReceiverError.slice(0, 160)}`}; mend that, or name another replica`;
	const stopped = [
		...(receiver === 1 ? [] : ["receiver"]),
		...(applier === 1 ? [] : ["applier"]),
	].join(" and its ");
	return `${name} does not replicate: its ${stopped} ${receiver === 1 || applier === 1 ? "is" : "are"} stopped; start-replica -i ${name} starts it, or name another replica`;
};

/** The one takes the writes that the other does not take any more. */
export const isHandedOver = (from: Instance, to: Instance): boolean =>
	isLastCheckValid(from) && from.readOnly && !to.readOnly;

/** Why the server is not fit to take over; undefined when it is. */
export const notFit = (
	designated: Instance,
	primary: Instance,
	settings: PlanSettings,
): string | undefined => {
	const { name, replication, lagSeconds, errantGtid } = designated;
	if (!isLastCheckValid(designated))
		return `${name} cannot be reached: ${designated.check.error}; start it, or name another replica`;
	// It is the primary by now: it need not replicate, and what it has beyond the old one are clients' writes.
	if (isHandedOver(primary, designated)) return undefined;
	if (!designated.readOnly && !primary.readOnly)
		return `both ${primary.name} and ${name} take writes: compare them, and make the wrong one read-only: ${readOnlyStatement(designated)} on ${name}, if that is the one`;
	if (!isReplicationRunning(designated)) return notReplicating(designated);
	if (lagSeconds === null || lagSeconds > settings.maxMaintenanceLagSeconds)
		return `${name} lags ${lagText(designated)}, more than ReasonableMaintenanceReplicationLagSeconds (${settings.maxMaintenanceLagSeconds}); wait for it, or name another replica`;
	if (replication.sqlDelaySeconds * 1000 >= settings.catchUpMs)
		return `${name} is delayed by ${replication.sqlDelaySeconds} s: the last writes could not be applied within ${settings.catchUpMs} ms; delay-replication -i ${name} -duration 0s takes the delay from it`;
	if (errantGtid !== "")
		return `${name} has errant transactions: ${errantGtid.slice(0, 160)}; ${errantRemedy(name)}`;
	const verdict = canReplicateFrom(
		primary,
		{ ...designated, replication: primary.replication },
		settings,
	);
	return verdict.ok ? undefined : verdict.reason;
};

/** Why the old primary cannot stand down and follow; undefined when it can. */
export const cannotStandDown = (primary: Instance): string | undefined => {
	const says = cannot(primary, "open") ?? cannot(primary, "point");
	return says === undefined
		? undefined
		: `${primary.name} could not be made a read-only replica: ${says}`;
};

/** Why a sibling cannot be moved below the designated server; undefined when it can. */
export const cannotFollow = (
	sibling: Instance,
	designated: Instance,
	settings: PlanSettings,
): string | undefined => {
	const { name } = sibling;
	if (!isLastCheckValid(sibling))
		return `${name} cannot be reached: ${sibling.check.error}`;
	if (isMultiSource(sibling))
		return `${name} replicates by several channels, which are not moved yet: ${channelsText(sibling)}`;
	const verdict = canReplicateFrom(sibling, designated, settings);
	if (!verdict.ok) return verdict.reason;
	if (!isGtidCompatible(sibling, designated))
		return `${name} does not replicate by a GTID that ${designated.name} supports`;
	const unable = cannot(sibling, "point");
	if (unable !== undefined) return `${name} cannot be moved: ${unable}`;
	const purged = missingPurged(sibling, designated);
	return purged === ""
		? undefined
		: `${designated.name} has purged transactions that ${name} needs: ${purged.slice(0, 160)}`;
};
