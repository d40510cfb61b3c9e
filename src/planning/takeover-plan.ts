import { canReplicateFrom, missingPurged } from "../topology/can-replicate.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	isReplicationRunning,
	usesGtid,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import {
	type Candidacy,
	chooseCandidate,
	type PromotionSettings,
} from "./candidate.ts";
import { replicasIn } from "./recovery-plan.ts";

interface RefusedTakeover {
	/** Why it is not done. */
	readonly refusal: string;
	readonly primary: undefined;
	readonly candidacy: Candidacy | undefined;
}

export interface TakeoverPlan {
	readonly refusal: "";
	readonly primary: InstanceName;
	readonly designated: InstanceName;
	/** Siblings that are moved below the designated server before writes are blocked. */
	readonly moveBefore: readonly InstanceName[];
	/** Siblings that stay where they are until the switch is done: the old primary needs their acknowledgements. */
	readonly moveAfter: readonly InstanceName[];
	readonly candidacy: Candidacy | undefined;
}

const refuse = (refusal: string): RefusedTakeover => ({
	refusal,
	primary: undefined,
	candidacy: undefined,
});

const PREFIX = "GracefulMasterTakeover:";

/** Exactly one primary that is up and writable, or why there is none. */
const primaryIn = (
	snapshot: Snapshot,
): { readonly primary: Instance } | { readonly refusal: string } => {
	const tops = snapshot.instances.filter(
		(each) =>
			!isReplica(each) &&
			(each.name === snapshot.clusterName ||
				replicasIn(snapshot, each.name).length > 0),
	);
	const [primary] = tops;
	if (primary === undefined || tops.length > 1)
		return {
			refusal: `${PREFIX} cannot deduce the cluster master of ${snapshot.clusterName}: found ${tops.length === 0 ? "none" : tops.map((each) => each.name).join(", ")}`,
		};
	if (!isLastCheckValid(primary))
		return {
			refusal: `${PREFIX} ${primary.name} cannot be reached (${primary.check.error}); use recover or force-master-failover`,
		};
	return { primary };
};

const notFit = (
	designated: Instance,
	primary: Instance,
	settings: PromotionSettings,
): string | undefined => {
	if (!isLastCheckValid(designated))
		return `${designated.name} cannot be reached: ${designated.check.error}`;
	if (!usesGtid(designated))
		return `${designated.name} does not replicate by GTID`;
	if (!isReplicationRunning(designated))
		return `${designated.name} does not replicate (receiver ${designated.replication.receiver}, applier ${designated.replication.applier})${designated.replication.lastApplierError === "" ? "" : `: ${designated.replication.lastApplierError.slice(0, 160)}`}`;
	const lag = designated.lagSeconds;
	if (lag === null || lag > settings.maxMaintenanceLagSeconds)
		return `${designated.name} lags ${lag ?? "an unknown number of"} seconds, more than ReasonableMaintenanceReplicationLagSeconds (${settings.maxMaintenanceLagSeconds})`;
	if (designated.errantGtid !== "")
		return `${designated.name} has errant transactions: ${designated.errantGtid.slice(0, 160)}`;
	const verdict = canReplicateFrom(
		primary,
		{ ...designated, replication: primary.replication },
		settings,
	);
	if (!verdict.ok) return verdict.reason;
	return undefined;
};

/**
 * Siblings that can be moved ahead. With semi-sync the old primary must keep as many ackers as it waits for, the designated
 * server being one of them, or its commits would block (recovery.md §17.4).
 */
const movableBefore = (
	primary: Instance,
	designated: Instance,
	siblings: readonly Instance[],
): InstanceName[] => {
	if (!primary.semiSync.sourceEnabled) return siblings.map((each) => each.name);
	const ackers = siblings.filter((each) => each.semiSync.replicaActive);
	const needed = Math.max(
		0,
		primary.semiSync.waitForReplicaCount -
			(designated.semiSync.replicaActive ? 1 : 0),
	);
	const staying = new Set(
		ackers
			.slice(ackers.length - Math.min(needed, ackers.length))
			.map((each) => each.name),
	);
	return siblings.map((each) => each.name).filter((name) => !staying.has(name));
};

/**
 * The planned change of primary (recovery.md §17.4): everything is checked here, before anything is touched.
 * @param blocked instances that are downtimed: they may stay behind
 */
export const planTakeover = (
	snapshot: Snapshot,
	request: { readonly to?: InstanceName; readonly auto: boolean },
	settings: PromotionSettings,
): TakeoverPlan | RefusedTakeover => {
	const found = primaryIn(snapshot);
	if ("refusal" in found) return refuse(found.refusal);
	const { primary } = found;
	const replicas = replicasIn(snapshot, primary.name);
	if (replicas.length === 0)
		return refuse(`${PREFIX} ${primary.name} has no replicas`);
	if (request.to === undefined && !request.auto && replicas.length > 1)
		return refuse(
			`${PREFIX} target instance not indicated, and ${primary.name} has ${replicas.length} replicas: name one, or use graceful-master-takeover-auto`,
		);
	if (
		request.to !== undefined &&
		!replicas.some((each) => each.name === request.to)
	)
		return refuse(
			`${PREFIX} ${request.to} must be directly replicating from the master ${primary.name}`,
		);
	const fit =
		request.auto && request.to === undefined
			? replicas.filter((each) => notFit(each, primary, settings) === undefined)
			: replicas;
	const candidacy = chooseCandidate(primary, fit, settings, request.to);
	const designated = replicas.find((each) => each.name === candidacy.chosen);
	if (designated === undefined)
		return { ...refuse(`${PREFIX} ${candidacy.refusal}`), candidacy };
	const why = notFit(designated, primary, settings);
	if (why !== undefined) return { ...refuse(`${PREFIX} ${why}`), candidacy };
	return movesOf(snapshot, primary, designated, replicas, settings, candidacy);
};

const movesOf = (
	snapshot: Snapshot,
	primary: Instance,
	designated: Instance,
	replicas: readonly Instance[],
	settings: PromotionSettings,
	candidacy: Candidacy,
): TakeoverPlan | RefusedTakeover => {
	const downtimed = new Set(snapshot.downtimes.map((each) => each.instance));
	const siblings = replicas.filter(
		(each) => each.name !== designated.name && !downtimed.has(each.name),
	);
	for (const sibling of siblings) {
		const verdict = canReplicateFrom(sibling, designated, settings);
		const purged = missingPurged(sibling, designated);
		const reason = !isLastCheckValid(sibling)
			? `${sibling.name} cannot be reached: ${sibling.check.error}`
			: !verdict.ok
				? verdict.reason
				: purged !== ""
					? `${designated.name} has purged transactions that ${sibling.name} needs: ${purged.slice(0, 160)}`
					: undefined;
		if (reason !== undefined)
			return {
				...refuse(`${PREFIX} ${reason}; downtime it to leave it behind`),
				candidacy,
			};
	}
	const moveBefore = movableBefore(primary, designated, siblings);
	return {
		refusal: "",
		primary: primary.name,
		designated: designated.name,
		moveBefore,
		moveAfter: siblings
			.map((each) => each.name)
			.filter((name) => !moveBefore.includes(name)),
		candidacy,
	};
};
