import { createAuditTrail } from "../src/audit/audit-trail.ts";
import { operationType } from "../src/audit/operations.ts";
import { primaryPairs } from "../src/kv/primary-pairs.ts";
import type { OperationOutcome } from "../src/planning/operation.ts";
import { type InstanceName, splitName } from "../src/topology/instance-name.ts";
import type { ActivityDeps } from "./dependencies.ts";

/** Lost and failed servers stay downtimed for a year (config.md I), unless someone ends it or they replicate again. */
const LOST_DOWNTIME_MS = 365 * 86_400_000;
const LOST_IN_RECOVERY = "lost-in-recovery";

/** General attributes: the writer of a domain is one (recovery.md §4). */
const EVERY_HOST = "*";

export const createRecordActivities = (deps: ActivityDeps) => {
	const { store } = deps;

	return {
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
			const domain = (await store.clusters.byIdentity(input.identity))?.domain;
			if (domain)
				await store.hostAttributes.set(
					EVERY_HOST,
					domain,
					input.successor,
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
			if (input.recovery && outcome.failed !== "")
				await store.detections.endFor(outcome.failed);
			await store.recoveries.addStep(outcome.uid, outcome.says, nowMs);
			await createAuditTrail(
				store,
				deps.config,
			)({
				atMs: nowMs,
				type: operationType(outcome),
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
	};
};
