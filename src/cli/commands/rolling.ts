import { errors } from "../../errors.ts";
import { statusLines } from "../../rolling/text.ts";
import { CLUSTER_FLAGS, CLUSTER_HELP } from "../../surface/flag-use.ts";
import type { Command } from "../command.ts";
import { asClusterRoute } from "../told.ts";

/** Baton's own. */
export const ROLLING_READS: readonly Command[] = [
	{
		name: "rolling-maintenance-status",
		category: "Instance management",
		flags: CLUSTER_FLAGS,
		access: "reads",
		summary: "Say where the rolling maintenance of a cluster stands",
		help: `Prints where the cluster's rolling maintenance stands, or how the last one ended: which servers are done, which one has its turn and what it waits for, and which are to come. ${CLUSTER_HELP}`,
		run: async (context) => {
			const { identity, clusterName } = await context.requiredCluster();
			const status = await (await context.store()).rollings.of(identity);
			if (status === undefined)
				throw errors.noRolling({ cluster: clusterName });
			for (const line of statusLines(status)) context.print(line);
		},
		json: asClusterRoute("rolling-maintenance-status/:clusterHint", (context) =>
			context.requiredCluster(),
		),
	},
];
