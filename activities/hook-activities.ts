import { Context } from "@temporalio/activity";
import { matchesClusterFilters } from "../src/config/filters.ts";
import type { OperationHookContext } from "../src/engine/hook-context.ts";
import type { HookContext } from "../src/hooks/placeholders.ts";
import { type HookOutcome, succeeded } from "../src/hooks/run.ts";
import { type HookList, stopsAtFailure } from "../src/operations/hook-lists.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { beating } from "./heartbeat.ts";

export const createHookActivities = (deps: ActivityDeps) => {
	const hookContext = (context: OperationHookContext): HookContext => {
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

	return {
		runHooks: async (input: {
			readonly uid: string;
			readonly list: HookList;
			readonly context: OperationHookContext;
		}): Promise<{ readonly succeeded: boolean; readonly says: string }> => {
			const outcomes: readonly HookOutcome[] = await beating(() =>
				deps.hooks.run(
					deps.config()[input.list],
					hookContext(input.context),
					stopsAtFailure(input.list),
					Context.current().cancellationSignal,
				),
			);
			for (const outcome of outcomes) {
				deps.log.info({ uid: input.uid, list: input.list }, outcome.says);
				if (input.uid !== "")
					await deps.store.recoveries.addStep(
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
	};
};
