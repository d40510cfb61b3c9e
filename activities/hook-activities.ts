import { Context } from "@temporalio/activity";
import { matchesClusterFilters } from "../src/config/filters.ts";
import type { OperationHookContext } from "../src/engine/hook-context.ts";
import { errors } from "../src/errors.ts";
import type { HookContext } from "../src/hooks/placeholders.ts";
import { succeeded } from "../src/hooks/run.ts";
import {
	type HookList,
	isHookList,
	stopsAtFailure,
} from "../src/operations/hook-lists.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { beating } from "./heartbeat.ts";

interface HookRun {
	/** Of the operation whose record takes what they say; empty for none. */
	readonly uid: string;
	readonly list: HookList;
	readonly context: OperationHookContext;
}

/** Runs a list of the configuration and records what each hook said. */
export const createHookRuns = (deps: ActivityDeps) => {
	const toldTo = (context: OperationHookContext): HookContext => {
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

	return async (
		{ uid, list, context }: HookRun,
		signal?: AbortSignal,
	): Promise<{ readonly succeeded: boolean; readonly says: string }> => {
		if (!isHookList(list)) throw errors.noHookList({ name: String(list) });
		const outcomes = await deps.hooks.run(
			deps.config()[list],
			toldTo(context),
			stopsAtFailure(list),
			signal,
		);
		for (const outcome of outcomes) {
			deps.log.info({ uid, list }, outcome.says);
			if (uid !== "")
				await deps.store.recoveries.addStep(
					uid,
					`${list}: ${outcome.says}`,
					deps.nowMs(),
				);
		}
		return {
			succeeded: succeeded(outcomes),
			says: outcomes.map((outcome) => outcome.says).join("; "),
		};
	};
};

export const createHookActivities = (deps: ActivityDeps) => {
	const run = createHookRuns(deps);
	return {
		runHooks: (input: HookRun) =>
			beating(async () => {
				// Else it would run, could not be recorded, and run again.
				if (input.uid !== "") await deps.sight.check();
				const { cancellationSignal } = Context.current();
				const ran = await run(input, cancellationSignal);
				// A hook that was ended with its attempt has not answered.
				cancellationSignal.throwIfAborted();
				return ran;
			}),
	};
};
