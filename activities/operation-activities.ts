import { Context } from "@temporalio/activity";
import { createClaimActivities } from "./claim-activities.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { translated } from "./failure.ts";
import { createHookActivities } from "./hook-activities.ts";
import { nearOrFar } from "./near-or-far.ts";
import { againWhereOwn, overtakenSignal } from "./overtaken.ts";
import { createRecordActivities } from "./record-activities.ts";
import { type Activities, seeingStore } from "./store-sight.ts";

/** What an operation does beside its steps: it takes the cluster, looks at it, runs hooks, and leaves a record. */
export const createOperationActivities = (deps: ActivityDeps) => {
	const { begin, replan } = createClaimActivities(deps);
	const { conclude, ...records } = createRecordActivities(deps);
	const seeing = <T extends Activities>(activities: T) =>
		seeingStore(deps.sight, activities);
	return translated({
		...nearOrFar(
			seeing({
				begin: async (input: Parameters<typeof begin>[0]) => {
					const context = Context.current();
					try {
						return await begin(input, {
							ended: context.cancellationSignal,
							overtaken: overtakenSignal(context),
						});
					} catch (error) {
						throw await againWhereOwn(deps.store, input, error);
					}
				},
				conclude,
			}),
		),
		...seeing({ replan, ...records }),
		...createHookActivities(deps),
	});
};

export type OperationActivities = ReturnType<typeof createOperationActivities>;
