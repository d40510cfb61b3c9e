import { createClaimActivities } from "./claim-activities.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { translated } from "./failure.ts";
import { createHookActivities } from "./hook-activities.ts";
import { createRecordActivities } from "./record-activities.ts";

/** What an operation does beside its steps: it takes the cluster, looks at it, runs hooks, and leaves a record. */
export const createOperationActivities = (deps: ActivityDeps) =>
	translated({
		...createClaimActivities(deps),
		...createHookActivities(deps),
		...createRecordActivities(deps),
	});

export type OperationActivities = ReturnType<typeof createOperationActivities>;
