import { analysisSettings } from "../src/config/analysis-settings.ts";
import { planSettings } from "../src/config/promotion-settings.ts";
import { planRequest } from "../src/operations/plan-request.ts";
import type { OperationRequest } from "../src/planning/operation.ts";
import type { Done, Plan } from "../src/planning/plan.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import type { ActivityDeps } from "./dependencies.ts";

/** Plans a request by the configuration as it is now, on any picture of a cluster. */
export const createPlanning =
	({ config }: Pick<ActivityDeps, "config">) =>
	(
		request: OperationRequest,
		snapshot: Snapshot,
		done: readonly Done[],
	): Plan => {
		const now = config();
		return planRequest({
			request,
			snapshot,
			done,
			settings: planSettings(
				now,
				snapshot.instances.map((each) => each.name),
			),
			analysis: analysisSettings(now),
		});
	};
