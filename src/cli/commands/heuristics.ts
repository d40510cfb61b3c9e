import { nameJson } from "../../compat/json/values.ts";
import { createHostFilter } from "../../config/filters.ts";
import type { Configuration } from "../../config/keys.ts";
import { promotionSettings } from "../../config/promotion-settings.ts";
import { errors } from "../../errors.ts";
import { knownInstance } from "../../naming/instances.ts";
import { chooseCandidate } from "../../planning/candidate.ts";
import {
	CLUSTER_FLAGS,
	CLUSTER_HELP,
	optional,
} from "../../surface/flag-use.ts";
import {
	ghostReplicas,
	greatestLagSeconds,
	schemaChangeReplicas,
} from "../../topology/control-replicas.ts";
import type { Instance } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { Command, CommandContext } from "../command.ts";
import { ruled } from "../ruled.ts";
import { instancesJson, linesOfNames, told } from "../told.ts";
import { membersOf } from "./clusters.ts";

const controlReplicas = (
	members: readonly Instance[],
	configuration: Configuration,
): Instance[] =>
	schemaChangeReplicas(
		members,
		createHostFilter(configuration.OSCIgnoreHostnameFilters),
	);

const lagOf = async (context: CommandContext): Promise<number> => {
	const cluster = await context.requiredCluster();
	const replicas = controlReplicas(
		await membersOf(context, cluster),
		context.configuration,
	);
	const lag = greatestLagSeconds(replicas);
	if (lag === undefined)
		throw replicas.length === 0
			? errors.noControlReplicas({ cluster: cluster.clusterName })
			: errors.noLagOfControlReplicas({
					cluster: cluster.clusterName,
					replicas: replicas.map((each) => each.name),
				});
	return lag;
};

const candidateOf = async (context: CommandContext): Promise<InstanceName> => {
	const name = await context.instance();
	const store = await context.store();
	const source = await knownInstance(store, name);
	const replicas = await ruled(context, await store.inventory.replicasOf(name));
	const { chosen, refusal } = chooseCandidate(
		source,
		replicas,
		promotionSettings(
			context.configuration,
			replicas.map((each) => each.name),
		),
	);
	if (chosen === undefined)
		throw errors.noCandidate({ instance: name, why: refusal });
	return chosen;
};

export const HEURISTIC_COMMANDS: readonly Command[] = [
	{
		name: "get-candidate-replica",
		category: "Classic file:pos relocation",
		flags: [optional("-i")],
		access: "reads",
		summary: "Name the replica that would be promoted in place of an instance",
		help: "Prints the replica of the instance in -i that is best for promotion, as far as the stored facts tell. Changes nothing; `explain` looks at the servers and gives the reasons.",
		...told(candidateOf, {
			lines: (chosen) => [chosen],
			json: nameJson,
		}),
	},
	{
		name: "which-cluster-osc-replicas",
		category: "Information",
		flags: CLUSTER_FLAGS,
		access: "reads",
		summary: "List control replicas for an online schema change",
		help: `Lists replicas of the selected cluster whose lag shows how it bears a schema change: up to two of the busiest intermediate sources, their replicas, the third tier, and leaves of the first. OSCIgnoreHostnameFilters leave some out. ${CLUSTER_HELP}`,
		...told(
			async (context) =>
				controlReplicas(
					await membersOf(context, await context.cluster()),
					context.configuration,
				),
			{ lines: linesOfNames, json: instancesJson },
		),
	},
	{
		name: "which-cluster-gh-ost-replicas",
		category: "Information",
		flags: CLUSTER_FLAGS,
		access: "reads",
		summary: "List replicas that gh-ost may read from",
		help: `Lists replicas of the selected cluster that log what they replicate in the ROW format, fewest replicas first. ${CLUSTER_HELP}`,
		...told(
			async (context) =>
				ghostReplicas(await membersOf(context, await context.cluster())),
			{ lines: linesOfNames, json: instancesJson },
		),
	},
	{
		name: "get-cluster-heuristic-lag",
		category: "Information",
		flags: CLUSTER_FLAGS,
		access: "reads",
		summary: "Print the lag that speaks for a cluster",
		help: `Prints the greatest lag, in seconds, of the replicas that which-cluster-osc-replicas lists. ${CLUSTER_HELP}`,
		...told(lagOf, { lines: (lag) => [String(lag)], json: (lag) => lag }),
	},
];
