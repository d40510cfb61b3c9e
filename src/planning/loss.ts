import { familyOf, missing, received, union } from "../topology/gtid/gtid.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";

/** What a failover will lose, as far as it can be known. */
export interface Loss {
	/** Nothing that was acknowledged to a client can be missing. */
	readonly nothingAcknowledged: boolean;
	/** In words; empty when nothing can be lost. */
	readonly says: string;
}

/**
 * What a failover to a server that will have `willHave` loses: what died with the primary, and what a reachable replica
 * has but cannot hand on.
 * @param willHave all that the new primary will have received; without it, all that any reachable replica has
 */
export const expectedLoss = (
	failed: Instance,
	replicas: readonly Instance[],
	willHave?: string,
): Loss => {
	const unseen = lossWithPrimary(failed, replicas);
	const withheld =
		willHave === undefined
			? []
			: replicas.filter(isLastCheckValid).flatMap((each) => {
					const lacks = missing(
						familyOf(each),
						withErrant(willHave, each),
						received(each),
					);
					return lacks === ""
						? []
						: [
								`${lacks.slice(0, 200)} of ${each.name}, which cannot hand it on`,
							];
				});
	if (withheld.length === 0) return unseen;
	return {
		nothingAcknowledged: false,
		says: [
			`the new primary will lack ${withheld.join("; ")}`,
			...(unseen.says === "" ? [] : [unseen.says]),
		].join("; "),
	};
};

/** What a replica wrote itself was acknowledged by nobody's primary. A MariaDB position cannot be told apart that way. */
const withErrant = (willHave: string, replica: Instance): string =>
	familyOf(replica) === "mysql" && replica.errantGtid !== ""
		? union("mysql", willHave, replica.errantGtid)
		: willHave;

/**
 * With working semi-sync each acknowledged transaction is in the relay log of at least `wait count` of the semi-sync
 * replicas. So nothing acknowledged is missing if fewer than that many of them could not be reached
 * (reliability.md P1, traps 1 and 4). AFTER_COMMIT shows transactions to others before they are acknowledged, which may
 * be lost, but not acknowledged ones.
 * @param failed as it was last seen
 * @param replicas its direct replicas as they are now
 */
const lossWithPrimary = (
	failed: Instance,
	replicas: readonly Instance[],
): Loss => {
	const reachable = replicas.filter(isLastCheckValid);
	const all = reachable.reduce(
		(set, each) => union(familyOf(failed), set, received(each)),
		"",
	);
	const known =
		failed.executedGtid === ""
			? ""
			: missing(familyOf(failed), all, failed.executedGtid);
	const { semiSync } = failed;
	if (!semiSync.sourceEnabled || !semiSync.sourceActive)
		return {
			nothingAcknowledged: false,
			says: `${failed.name} replicated asynchronously: writes that it acknowledged and no replica had received are lost${known === "" ? "; of those seen at its last probe, none" : `; at least ${known}`}`,
		};
	const ackers = replicas.filter((each) => each.semiSync.replicaEnabled);
	const unreached = ackers.filter((each) => !isLastCheckValid(each));
	if (unreached.length >= semiSync.waitForReplicaCount)
		return {
			nothingAcknowledged: false,
			says: `${unreached.map((each) => each.name).join(", ")} may hold acknowledged writes that no reachable replica has (semi-sync waits for ${semiSync.waitForReplicaCount})${known === "" ? "" : `; at least ${known} is missing`}`,
		};
	if (known !== "")
		return {
			nothingAcknowledged: false,
			says: `transactions seen on ${failed.name} are on no reachable replica: ${known}`,
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
