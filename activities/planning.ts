import { analysisSettings } from "../src/config/analysis-settings.ts";
import { planSettings } from "../src/config/promotion-settings.ts";
import { planRequest } from "../src/operations/plan-request.ts";
import type { OperationRequest } from "../src/planning/operation.ts";
import type { Done, Plan } from "../src/planning/plan.ts";
import { withShortSets } from "../src/topology/gtid/shortened.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import type { ActivityDeps } from "./dependencies.ts";

/**
 * Plans a request by the configuration as it is now, on any picture of a cluster. Whatever GTID sets the servers have, a plan is small:
 * it travels through a history and is kept with the record.
 */
export const createPlanning =
	({ config }: Pick<ActivityDeps, "config">) =>
	(
		request: OperationRequest,
		snapshot: Snapshot,
		done: readonly Done[],
	): Plan => {
		const now = config();
		return withShortSets(
			planRequest({
				request,
				snapshot,
				done,
				settings: planSettings(
					now,
					snapshot.instances.map((each) => each.name),
				),
				analysis: analysisSettings(now),
			}),
		);
	};
