import { randomBytes } from "node:crypto";
import type { AnalysisSettings } from "../src/analysis/facts.ts";
import { analysisSettings } from "../src/config/analysis-settings.ts";
import { promotionSettings } from "../src/config/promotion-settings.ts";
import { errors } from "../src/errors.ts";
import type { PromotionSettings } from "../src/planning/candidate.ts";
import type { OperationKind } from "../src/planning/operation.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import { freshSnapshot } from "./cluster-view.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { HOOK_LISTS, type HookList } from "./hook-activities.ts";

/** What an operation is given with its claim. */
export interface Claimed {
	readonly epoch: number;
	readonly uid: string;
	readonly clusterName: string;
	readonly clusterAlias: string;
	readonly clusterDomain: string;
	readonly promotion: PromotionSettings;
	/** Lists that hold a command: the others need no activity. */
	readonly hooks: readonly HookList[];
	readonly applyPromotion: boolean;
	readonly catchUpMs: number;
	/** Missing in claims of version 0.1, which hold the thresholds of that time among their own fields. */
	readonly analysis?: AnalysisSettings;
}

export const createClaimActivities = (deps: ActivityDeps) => {
	const { store } = deps;

	const claim = async (input: {
		identity: string;
		kind: OperationKind;
		workflowId: string;
		runId: string;
		preempt?: string;
	}): Promise<Claimed> => {
		const cluster = await store.clusters.byIdentity(input.identity);
		if (cluster === undefined) throw errors.unknownCluster(input.identity);
		const ask = {
			identity: input.identity,
			workflowId: input.workflowId,
			runId: input.runId,
			kind: input.kind,
			nowMs: deps.nowMs(),
		};
		let claim = await store.operations.claim({
			...ask,
			...(input.preempt === undefined ? {} : { preempt: input.preempt }),
		});
		// A run that was terminated, or is gone with its Temporal, never let go.
		if (
			!claim.claimed &&
			!(await deps.isRunning(claim.holder.workflowId, claim.holder.runId))
		)
			claim = await store.operations.claim({
				...ask,
				preempt: claim.holder.runId,
			});
		if (!claim.claimed)
			throw errors.busy(
				claim.holder.kind,
				claim.holder.startedAtMs,
				claim.holder.workflowId,
			);
		const config = deps.config();
		const members = await store.inventory.ofIdentity(input.identity);
		return {
			epoch: claim.epoch,
			// The form of the reference (recovery.md §2.1). A claim that is asked again answers with another one: nothing stands under the first.
			uid: `${BigInt(deps.nowMs()) * 1_000_000n}:${input.runId.replaceAll("-", "")}${randomBytes(16).toString("hex")}`,
			clusterName: cluster.clusterName,
			clusterAlias: cluster.alias,
			clusterDomain: cluster.domain,
			promotion: promotionSettings(
				config,
				members.map((each) => each.name),
			),
			hooks: HOOK_LISTS.filter((list) => config[list].length > 0),
			applyPromotion: config.ApplyMySQLPromotionAfterMasterFailover,
			catchUpMs: config.ReasonableMaintenanceReplicationLagSeconds * 1000,
			analysis: analysisSettings(config),
		};
	};

	return {
		/** Takes the cluster (epoch + 1) and looks at it, at once. @throws Busy when another operation holds it */
		begin: async (input: {
			identity: string;
			kind: OperationKind;
			workflowId: string;
			runId: string;
			preempt?: string;
			/** An instance that was just found dead: it is looked at with a short deadline. */
			suspect?: InstanceName;
		}): Promise<{ claimed: Claimed; snapshot: Snapshot }> => {
			const [claimed, snapshot] = await Promise.all([
				claim(input),
				freshSnapshot(deps, input.identity, input.suspect),
			]);
			return { claimed, snapshot };
		},

		look: (input: {
			identity: string;
			suspect?: InstanceName;
		}): Promise<Snapshot> => freshSnapshot(deps, input.identity, input.suspect),

		/** What the configuration says about promotions among these servers. */
		settings: async (input: {
			instances: readonly InstanceName[];
		}): Promise<PromotionSettings> =>
			promotionSettings(deps.config(), input.instances),
	};
};
