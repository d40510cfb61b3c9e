import { Context } from "@temporalio/activity";
import { matchesClusterFilters } from "../src/config/filters.ts";
import type { HookContext } from "../src/hooks/placeholders.ts";
import { type HookOutcome, succeeded } from "../src/hooks/run.ts";
import type { ActivityDeps } from "./dependencies.ts";
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

export const HOOK_LISTS: readonly HookList[] = [
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

/** What an operation knows of it; the node adds itself and its policy. */
export type OperationHookContext = Omit<
	HookContext,
	"orchestratorHost" | "autoMasterRecovery" | "autoIntermediateMasterRecovery"
>;

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
			uid: string;
			list: HookList;
			context: OperationHookContext;
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
