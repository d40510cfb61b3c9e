import { CLUSTER_FLAGS, CLUSTER_HELP } from "../../surface/flag-use.ts";
import type { Instance } from "../../topology/instance.ts";
import { compareNames } from "../../topology/instance-name.ts";
import type { Downtime } from "../../topology/snapshot.ts";
import { LOST_IN_RECOVERY } from "../../topology/snapshot.ts";
import type { Command, CommandContext } from "../command.ts";
import { instancesJson, linesOfNames, told } from "../told.ts";

/** The reason that a recovery gives to the replicas it could not save. */

/** Known instances with a downtime in force, in host, port order. */
const downtimed = async (
	context: CommandContext,
	isWanted: (downtime: Downtime, clusterName: string) => boolean,
): Promise<Instance[]> => {
	const store = await context.store();
	const downtimes = await store.downtimes.active(context.nowMs);
	const held = new Map(downtimes.map((each) => [each.instance, each]));
	const known = held.size === 0 ? [] : await store.inventory.all();
	return known
		.filter(({ name, clusterName }) => {
			const downtime = held.get(name);
			return downtime !== undefined && isWanted(downtime, clusterName);
		})
		.sort((a, b) => compareNames(a.name, b.name));
};

const TOLD = { lines: linesOfNames, json: instancesJson };

export const DOWNTIMED_COMMANDS: readonly Command[] = [
	{
		name: "which-downtimed-instances",
		category: "Information",
		flags: CLUSTER_FLAGS,
		access: "reads",
		summary: "List downtimed instances of a cluster, or of all",
		help: `Lists the downtimed instances of the selected cluster; of all clusters when none can be selected. ${CLUSTER_HELP}`,
		...told(async (context) => {
			const cluster = await context.cluster();
			return downtimed(
				context,
				(_, clusterName) =>
					cluster === undefined || cluster.clusterName === clusterName,
			);
		}, TOLD),
	},
	{
		name: "which-lost-in-recovery",
		category: "Information",
		flags: [],
		access: "reads",
		summary: "List instances that a recovery could not save",
		help: `Lists the instances that are downtimed with the reason "${LOST_IN_RECOVERY}".`,
		...told(
			(context) =>
				downtimed(context, ({ reason }) => reason === LOST_IN_RECOVERY),
			TOLD,
		),
	},
];
