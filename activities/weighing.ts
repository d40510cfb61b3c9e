import type { Finding } from "../src/analysis/finding.ts";
import { matchesClusterFilters } from "../src/config/filters.ts";
import { errors } from "../src/errors.ts";
import { blockingAmong, isAnswered } from "../src/operations/blocking.ts";
import { decide } from "../src/policy/decide.ts";
import { replacedSince } from "../src/policy/outdated.ts";
import { longestBlockMs, recoveryRow } from "../src/policy/recovery-table.ts";
import type { ClusterRecord, Fence } from "../src/store/contract.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { ActivityDeps } from "./dependencies.ts";

/** What it takes to weigh a finding. */
export type WeighingDeps = Pick<
	ActivityDeps,
	"store" | "config" | "log" | "nowMs"
>;

/** What is decided about a finding. */
export interface Weighed {
	readonly act: boolean;
	readonly says: string;
	readonly detectionId: number;
	/** Registered by this very call: its hooks have not run. */
	readonly isNew: boolean;
	readonly detectionHooks: boolean;
	readonly clusterName: string;
	readonly clusterAlias: string;
	readonly clusterDomain: string;
}

/** Registers a detection and decides by policy whether to act on it. Touches no mysqld. */
export const createWeighing =
	(deps: WeighingDeps) =>
	async (input: { identity: string; finding: Finding }): Promise<Weighed> => {
		const { store } = deps;
		const { finding, identity } = input;
		const nowMs = deps.nowMs();
		const config = deps.config();
		const [cluster, downtimes, isDisabled, fences] = await Promise.all([
			store.clusters.byIdentity(identity),
			// The finding may be a second behind a downtime that was begun right before the server was stopped.
			store.downtimes.active(nowMs),
			store.recoveries.isGloballyDisabled(),
			store.fences.all(),
			store.detections.expire(
				nowMs - config.FailureDetectionPeriodBlockMinutes * 60_000,
			),
			store.recoveries.expire(nowMs - longestBlockMs(config)),
		]);
		if (cluster === undefined)
			throw errors.unknownCluster({ cluster: identity, near: "" });
		const successor = await replacedBy(deps, cluster, finding, fences);
		if (successor !== undefined) return outdated(cluster, finding, successor);
		const isDowntimed =
			finding.isDowntimed ||
			downtimes.some((each) => each.instance === finding.instance);
		const [detection, blocking] = await Promise.all([
			store.detections.register({
				instance: finding.instance,
				analysis: finding.code,
				clusterName: cluster.clusterName,
				clusterAlias: cluster.alias,
				replicas: finding.replicas,
				isActionable: finding.isActionable,
				nowMs,
			}),
			blockingRecoveries(deps, cluster, finding.instance, nowMs),
		]);
		const verdict = decide({
			instance: finding.instance,
			analysis: finding.code,
			recovery: finding.recovery,
			isActionable: finding.isActionable,
			notActionableBecause: finding.notActionableBecause,
			isDowntimed,
			filterMatches: matchesClusterFilters(
				config[recoveryRow(finding.recovery).filter],
				{
					name: cluster.clusterName,
					alias: cluster.alias,
				},
			),
			globallyDisabled: isDisabled,
			blocking,
			nowMs,
		});
		const isOwn = isAnswered(
			blocking.find(({ id }) => id === verdict.blockedBy),
			detection.id,
		);
		if (!isOwn) await store.detections.setVerdict(detection.id, verdict.says);
		if (verdict.blockedBy > 0 && !isOwn)
			await store.recoveries.block({
				instance: finding.instance,
				clusterName: cluster.clusterName,
				analysis: finding.code,
				blockingRecoveryId: verdict.blockedBy,
				nowMs,
			});
		if (detection.isNew)
			deps.log.warn(
				{
					cluster: identity,
					instance: finding.instance,
					analysis: finding.code,
				},
				`${finding.says}; ${verdict.says}`,
			);
		return {
			act: verdict.act,
			says: verdict.says,
			detectionId: detection.id,
			// A downtimed server is shown, not announced.
			isNew: detection.isNew && !isDowntimed,
			detectionHooks: config.OnFailureDetectionProcesses.length > 0,
			clusterName: cluster.clusterName,
			clusterAlias: cluster.alias,
			clusterDomain: cluster.domain,
		};
	};

/** Who has taken the place of the instance since it was looked at: the fence tells by the opening, the record by the operation's end. */
const replacedBy = async (
	{ store }: WeighingDeps,
	{ identity, clusterName }: ClusterRecord,
	finding: Finding,
	fences: readonly Fence[],
): Promise<InstanceName | undefined> => {
	const fence = fences.find(
		(each) =>
			each.identity === identity &&
			each.instance === finding.instance &&
			each.state !== "unaccounted",
	);
	if (fence === undefined) return undefined;
	const recoveries = await store.recoveries.active({ identity, clusterName });
	return replacedSince(finding, [
		{ ...fence, atMs: fence.sinceMs },
		...recoveries.map((each) => ({ ...each, atMs: each.endedAtMs })),
	]);
};

/** It is no detection: what still stands is found again at the next look. */
const outdated = (
	cluster: ClusterRecord,
	{ instance }: Finding,
	successor: InstanceName,
): Weighed => ({
	act: false,
	says: `${successor} has taken the place of ${instance} since it was looked at`,
	detectionId: 0,
	isNew: false,
	detectionHooks: false,
	clusterName: cluster.clusterName,
	clusterAlias: cluster.alias,
	clusterDomain: cluster.domain,
});

const blockingRecoveries = async (
	deps: WeighingDeps,
	{ identity, clusterName }: ClusterRecord,
	failed: InstanceName,
	nowMs: number,
) => {
	const [ofCluster, ofSuccessor, running] = await Promise.all([
		deps.store.recoveries.active({ identity, clusterName }),
		deps.store.recoveries.active({ successor: failed }),
		deps.store.operations.current(identity),
	]);
	return blockingAmong([...ofCluster, ...ofSuccessor], {
		running,
		settings: deps.config(),
		nowMs,
	}).map((each) => ({
		id: each.id,
		analysis: each.analysis,
		startedAtMs: each.startedAtMs,
		endedAtMs: each.endedAtMs,
		blocksForMs: each.blocksForMs,
		detectionId: each.lastDetectionId,
		isFailed: each.endedAtMs > 0 && !each.isSuccessful,
	}));
};
