import { randomBytes } from "node:crypto";
import { Context } from "@temporalio/activity";
import type { AnalysisSettings } from "../src/analysis/facts.ts";
import { createAuditTrail } from "../src/audit/audit-trail.ts";
import { primaryPairs } from "../src/compat/primary-pairs.ts";
import { analysisSettings } from "../src/config/analysis-settings.ts";
import { matchesClusterFilters } from "../src/config/filters.ts";
import { promotionSettings } from "../src/config/promotion-settings.ts";
import { BatonError } from "../src/errors.ts";
import type { HookContext } from "../src/hooks/placeholders.ts";
import { type HookOutcome, succeeded } from "../src/hooks/run.ts";
import type { PromotionSettings } from "../src/planning/candidate.ts";
import type {
	OperationKind,
	OperationOutcome,
} from "../src/planning/operation.ts";
import { type InstanceName, splitName } from "../src/topology/instance-name.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import { freshSnapshot } from "./cluster-view.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { translated } from "./failure.ts";
import { beating } from "./heartbeat.ts";

/** The hook lists of the configuration. */
export type HookList =
	| "OnFailureDetectionProcesses"
	| "PreGracefulTakeoverProcesses"
	| "PreFailoverProcesses"
	| "PostFailoverProcesses"
	| "PostUnsuccessfulFailoverProcesses"
	| "PostMasterFailoverProcesses"
	| "PostGracefulTakeoverProcesses";

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

const HOOK_LISTS: readonly HookList[] = [
	"OnFailureDetectionProcesses",
	"PreGracefulTakeoverProcesses",
	"PreFailoverProcesses",
	"PostFailoverProcesses",
	"PostUnsuccessfulFailoverProcesses",
	"PostMasterFailoverProcesses",
	"PostGracefulTakeoverProcesses",
];

/** A pre list that fails stops the operation; a post list runs to its end. */
const STOPS_AT_FAILURE = new Set<HookList>([
	"OnFailureDetectionProcesses",
	"PreGracefulTakeoverProcesses",
	"PreFailoverProcesses",
]);

/** Lost and failed servers stay downtimed for a year (config.md I), unless someone ends it or they replicate again. */
const LOST_DOWNTIME_MS = 365 * 86_400_000;
const LOST_IN_RECOVERY = "lost-in-recovery";

export const createOperationActivities = (deps: ActivityDeps) => {
	const { store } = deps;

	const hookContext = (
		context: Omit<
			HookContext,
			| "orchestratorHost"
			| "autoMasterRecovery"
			| "autoIntermediateMasterRecovery"
		>,
	): HookContext => {
		const cluster = { name: context.cluster, alias: context.clusterAlias };
		return {
			...context,
			orchestratorHost: deps.node.hostname,
			autoMasterRecovery: matchesClusterFilters(
				deps.config().RecoverMasterClusterFilters,
				cluster,
			),
			autoIntermediateMasterRecovery: matchesClusterFilters(
				deps.config().RecoverIntermediateMasterClusterFilters,
				cluster,
			),
		};
	};

	const claim = async (input: {
		identity: string;
		kind: OperationKind;
		workflowId: string;
		runId: string;
		preempt?: string;
	}): Promise<Claimed> => {
		const cluster = await store.clusters.byIdentity(input.identity);
		if (cluster === undefined)
			throw new BatonError(
				"UnknownCluster",
				`no cluster is known as ${input.identity}`,
			);
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
			throw new BatonError(
				"Busy",
				`cluster ${cluster.alias} is held by ${claim.holder.kind} ${claim.holder.workflowId} since ${new Date(claim.holder.startedAtMs).toISOString()}`,
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

	return translated({
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

		/** Registers the recovery's row: what the audit pages and the anti-flapping rule read. */
		openRecovery: async (input: {
			identity: string;
			uid: string;
			instance: InstanceName;
			analysis: string;
			clusterName: string;
			clusterAlias: string;
			replicas: readonly InstanceName[];
			detectionId: number;
		}): Promise<{ id: number }> => {
			// The claim is ours: a recovery of this cluster that never came to its end was cut off for good.
			for (const left of await store.recoveries.active({
				identity: input.identity,
			}))
				if (left.endedAtMs === 0 && left.uid !== input.uid)
					await store.recoveries.resolve(left.uid, {
						isSuccessful: false,
						successor: "",
						successorAlias: "",
						participating: left.participating,
						lostReplicas: left.lostReplicas,
						errors: [...left.errors, "cut off before its end"],
						nowMs: deps.nowMs(),
					});
			const row = await store.recoveries.open({
				...input,
				nowMs: deps.nowMs(),
			});
			return { id: row.id };
		},

		runHooks: async (input: {
			uid: string;
			list: HookList;
			context: Omit<
				HookContext,
				| "orchestratorHost"
				| "autoMasterRecovery"
				| "autoIntermediateMasterRecovery"
			>;
		}): Promise<{ succeeded: boolean; says: string }> => {
			const outcomes: readonly HookOutcome[] = await beating(() =>
				deps.hooks.run(
					deps.config()[input.list],
					hookContext(input.context),
					STOPS_AT_FAILURE.has(input.list),
					Context.current().cancellationSignal,
				),
			);
			for (const outcome of outcomes) {
				deps.log.info({ uid: input.uid, list: input.list }, outcome.says);
				if (input.uid !== "")
					await store.recoveries.addStep(
						input.uid,
						`${input.list}: ${outcome.says}`,
						deps.nowMs(),
					);
			}
			return {
				succeeded: succeeded(outcomes),
				says: outcomes.map((outcome) => outcome.says).join("; "),
			};
		},

		/** A sentence into the record of the operation. */
		note: async (input: { uid: string; says: string }): Promise<void> => {
			deps.log.info({ uid: input.uid }, input.says);
			await store.recoveries.addStep(input.uid, input.says, deps.nowMs());
		},

		/**
		 * The change of primary is known from here on: name, alias, domain, key-value pairs, and the fence that waits for the
		 * old primary's return. Runs beside the repointing, since service discovery waits for it.
		 */
		announce: async (input: {
			identity: string;
			failed: InstanceName;
			successor: InstanceName;
			clusterAlias: string;
			fence: boolean;
		}): Promise<void> => {
			const nowMs = deps.nowMs();
			await store.clusters.rename(input.identity, input.successor);
			if (input.fence)
				await store.fences.put({
					instance: input.failed,
					identity: input.identity,
					successor: input.successor,
					sinceMs: nowMs,
					state: "waiting",
					note: "",
				});
			// Whatever it was held back for before, it is the primary now.
			await store.fences.remove(input.successor);
			await store.downtimes.end(input.successor);
			await store.keyValues.put(
				primaryPairs(
					deps.config().KVClusterMasterPrefix,
					input.clusterAlias,
					input.successor,
					await store.hostnames.addresses(splitName(input.successor).host),
				),
				nowMs,
			);
		},

		/** Ends the operation: the recovery's row, downtimes of what was lost, the claim. */
		conclude: async (input: {
			outcome: OperationOutcome;
			recovery: boolean;
			downtime: readonly InstanceName[];
		}): Promise<void> => {
			const { outcome } = input;
			const nowMs = deps.nowMs();
			if (input.recovery)
				await store.recoveries.resolve(outcome.uid, {
					isSuccessful: outcome.successful,
					successor: outcome.successor,
					successorAlias: "",
					participating: outcome.participating,
					lostReplicas: outcome.lostReplicas,
					errors: outcome.errors,
					nowMs,
				});
			// A planned change is no failure: it must not hold back the failover of one that follows.
			if (outcome.kind === "takeover" && input.recovery)
				await store.recoveries.acknowledge({
					uid: outcome.uid,
					owner: "baton",
					comment: "planned takeover",
					nowMs,
				});
			for (const instance of input.downtime)
				await store.downtimes.begin({
					instance,
					owner: "baton",
					reason: LOST_IN_RECOVERY,
					beganAtMs: nowMs,
					endsAtMs: nowMs + LOST_DOWNTIME_MS,
				});
			if (input.recovery) await store.detections.endFor(outcome.failed);
			await store.recoveries.addStep(outcome.uid, outcome.says, nowMs);
			await createAuditTrail(
				store,
				deps.config,
			)({
				atMs: nowMs,
				type: outcome.kind,
				instance: outcome.failed,
				clusterName: outcome.clusterName,
				message: outcome.says,
			});
			await store.operations.release(outcome.identity, outcome.runId);
		},

		/** Lets go of the cluster when the operation broke off; what was opened of its record is closed. */
		release: async (input: {
			identity: string;
			runId: string;
			uid: string;
			says: string;
		}): Promise<void> => {
			if (input.uid !== "")
				await store.recoveries.resolve(input.uid, {
					isSuccessful: false,
					successor: "",
					successorAlias: "",
					participating: [],
					lostReplicas: [],
					errors: [input.says],
					nowMs: deps.nowMs(),
				});
			await store.operations.release(input.identity, input.runId);
		},

		/** Records how the old primary's return ended. */
		settleFence: async (input: {
			instance: InstanceName;
			state: "fenced" | "rejoined" | "removed";
			note: string;
		}): Promise<void> => {
			const fence = await store.fences.get(input.instance);
			if (fence === undefined) return;
			if (input.state === "removed") {
				await store.fences.remove(input.instance);
				return;
			}
			await store.fences.put({
				...fence,
				state: input.state,
				note: input.note,
			});
			if (input.state === "rejoined") await store.downtimes.end(input.instance);
		},
	});
};

export type OperationActivities = ReturnType<typeof createOperationActivities>;
