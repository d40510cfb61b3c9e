import { CLUSTER_FLAGS, CLUSTER_HELP } from "../../surface/flag-use.ts";
import { compareNames } from "../../topology/instance-name.ts";
import type { Downtime } from "../../topology/snapshot.ts";
import { LOST_IN_RECOVERY } from "../../topology/snapshot.ts";
import type { Command, CommandContext } from "../command.ts";
import { printNames } from "./instances.ts";

/** The reason that a recovery gives to the replicas it could not save. */

/** Known instances with a downtime in force, in host, port order. */
const printDowntimed = async (
	context: CommandContext,
	isWanted: (downtime: Downtime, clusterName: string) => boolean,
): Promise<void> => {
	const store = await context.store();
	const downtimes = await store.downtimes.active(context.nowMs);
	const clusterOf = new Map(
		(downtimes.length === 0 ? [] : await store.inventory.listed()).map(
			(each) => [each.name, each.clusterName],
		),
	);
	const names = downtimes
		.filter((each) => {
			const clusterName = clusterOf.get(each.instance);
			return clusterName !== undefined && isWanted(each, clusterName);
		})
		.map((each) => each.instance)
		.sort(compareNames);
	printNames(
		context,
		names.map((name) => ({ name })),
	);
};

export const DOWNTIMED_COMMANDS: readonly Command[] = [
	{
		name: "which-downtimed-instances",
		category: "Information",
		flags: CLUSTER_FLAGS,
		access: "reads",
		summary: "List downtimed instances of a cluster, or of all",
		help: `Lists the downtimed instances of the selected cluster; of all clusters when none can be selected. ${CLUSTER_HELP}`,
		run: async (context) => {
			const cluster = await context.cluster();
			await printDowntimed(
				context,
				(_, clusterName) =>
					cluster === undefined || cluster.clusterName === clusterName,
			);
		},
	},
	{
		name: "which-lost-in-recovery",
		category: "Information",
		flags: [],
		access: "reads",
		summary: "List instances that a recovery could not save",
		help: `Lists the instances that are downtimed with the reason "${LOST_IN_RECOVERY}".`,
		run: (context) =>
			printDowntimed(context, ({ reason }) => reason === LOST_IN_RECOVERY),
	},
];
