import { isMultiSource } from "../topology/channels.ts";
import { familyOf, missing } from "../topology/gtid/gtid.ts";
import { shortened } from "../topology/gtid/shortened.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import {
	acknowledgersText,
	unknownAcknowledgers,
} from "../topology/unknown-replicas.ts";
import { holdings, unionOfHoldings } from "./holdings.ts";

/** What a failover will lose, as far as it can be known. */
export interface Loss {
	/** Nothing that was acknowledged to a client can be missing. */
	readonly nothingAcknowledged: boolean;
	/** In words; empty when nothing can be lost. */
	readonly says: string;
}

/** The server that will be the new primary, and what it will have received. */
interface Successor {
	readonly instance: Instance;
	readonly willHave: string;
	/** Replicas that hold nothing that it lacks, since they follow it already. */
	readonly isFollowedBy?: (replica: Instance) => boolean;
}

/** What a reachable replica has, and the new primary will lack. */
const withheld = (
	failed: Instance,
	replicas: readonly Instance[],
	{ willHave, isFollowedBy = () => false }: Successor,
): readonly string[] =>
	replicas
		.filter(
			(each) =>
				isLastCheckValid(each) && !each.isBinlogServer && !isFollowedBy(each),
		)
		.flatMap((each) => {
			const lacks = missing(
				familyOf(each),
				willHave,
				holdings(each, failed.name),
			);
			return lacks === ""
				? []
				: [`${lacks.slice(0, 200)} of ${each.name}, which cannot hand it on`];
		});

/**
 * What a failover loses: what died with the primary, what a reachable replica has but cannot hand on, and what the new primary's
 * filters kept out.
 * @param successor without it only what is lost whoever is promoted
 * @param known every known server of the cluster
 */
export const expectedLoss = (
	failed: Instance,
	replicas: readonly Instance[],
	successor?: Successor,
	known: readonly Instance[] = replicas,
): Loss => {
	const unseen = lossWithPrimary(failed, replicas, known);
	if (successor === undefined) return unseen;
	const lacks = withheld(failed, replicas, successor);
	const says = [
		...(lacks.length === 0
			? []
			: [`the new primary will lack ${lacks.join("; ")}`]),
		...(successor.instance.replication.hasFilters
			? [
					`the replication filters of ${successor.instance.name} may have kept out writes that were acknowledged`,
				]
			: []),
	];
	return says.length === 0
		? unseen
		: {
				nothingAcknowledged: false,
				says: [...says, ...(unseen.says === "" ? [] : [unseen.says])].join(
					"; ",
				),
			};
};

/** It was not reached, or what it has of this source cannot be told. */
const isUnknown = (replica: Instance): boolean =>
	!isLastCheckValid(replica) ||
	(familyOf(replica) === "mariadb" && isMultiSource(replica));

/**
 * With working semi-sync each acknowledged transaction is in the relay log of at least `wait count` of the semi-sync
 * replicas. So nothing acknowledged is missing if fewer than that many of them could not be reached. AFTER_COMMIT shows transactions to others before they are acknowledged, which may
 * be lost, but not acknowledged ones.
 * @param failed as it was last seen
 * @param replicas its direct replicas as they are now
 */
const lossWithPrimary = (
	failed: Instance,
	replicas: readonly Instance[],
	known: readonly Instance[],
): Loss => {
	const reachable = replicas.filter(isLastCheckValid);
	const all = unionOfHoldings(reachable, failed.name);
	const lacked =
		failed.executedGtid === ""
			? ""
			: shortened(missing(familyOf(failed), all, failed.executedGtid));
	const { semiSync } = failed;
	if (!semiSync.sourceEnabled || !semiSync.sourceActive)
		return {
			nothingAcknowledged: false,
			says: `${failed.name} replicated asynchronously: writes that it acknowledged and no replica had received are lost${lacked === "" ? "; of those seen at its last probe, none" : `; at least ${lacked}`}`,
		};
	const ackers = replicas.filter((each) => each.semiSync.replicaEnabled);
	if (ackers.length === 0 && semiSync.waitForReplicaCount > 0)
		return {
			nothingAcknowledged: false,
			says: `whoever acknowledged what ${failed.name} wrote is not among its known replicas: writes that it acknowledged may be lost`,
		};
	const unknown = unknownAcknowledgers(failed, known);
	const unreached = ackers.filter(isUnknown);
	if (unknown > 0 && unknown + unreached.length >= semiSync.waitForReplicaCount)
		return {
			nothingAcknowledged: false,
			says: acknowledgersText(failed, unknown),
		};
	if (unreached.length >= semiSync.waitForReplicaCount)
		return {
			nothingAcknowledged: false,
			says: `${unreached.map((each) => each.name).join(", ")} may hold acknowledged writes that no reachable replica has (semi-sync waits for ${semiSync.waitForReplicaCount})${lacked === "" ? "" : `; at least ${lacked} is missing`}`,
		};
	if (lacked !== "")
		return {
			nothingAcknowledged: false,
			says: `transactions seen on ${failed.name} are on no reachable replica: ${lacked}`,
		};
	return semiSync.sourceTimeoutMs >= INFINITE_MS
		? { nothingAcknowledged: true, says: "" }
		: {
				nothingAcknowledged: false,
				says: `semi-sync of ${failed.name} falls back to asynchronous after ${semiSync.sourceTimeoutMs} ms: if it did after its last probe, writes acknowledged since then may be lost`,
			};
};

/** A semi-sync time-out from which on it counts as never falling back: an hour, in milliseconds. */
const INFINITE_MS = 3_600_000;
