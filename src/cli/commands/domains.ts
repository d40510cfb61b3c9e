import { errors } from "../../errors.ts";
import { GENERAL_HOST } from "../../surface/actions/clusters.ts";
import { CLUSTER_FLAGS, CLUSTER_HELP } from "../../surface/flag-use.ts";
import type { Command, CommandContext } from "../command.ts";
import { asClusterRoute, told } from "../told.ts";

const writerOf = async (context: CommandContext): Promise<string> => {
	const { clusterName, domain } = await context.clusterOrOnly();
	if (domain === "") throw errors.noDomain({ cluster: clusterName });
	const { hostAttributes } = await context.store();
	const writer = await hostAttributes.get(GENERAL_HOST, domain);
	if (writer === undefined || writer === "")
		throw errors.noWriterOfDomain({ domain, cluster: clusterName });
	return writer;
};

export const DOMAIN_COMMANDS: readonly Command[] = [
	{
		name: "which-cluster-domain",
		category: "Information",
		flags: CLUSTER_FLAGS,
		access: "reads",
		summary: "Print the domain of a cluster",
		help: `Prints the domain name of the selected cluster, an empty line when it has none; when no cluster can be selected, that of the only known one. ${CLUSTER_HELP}`,
		run: async (context) =>
			context.print((await context.clusterOrOnly()).domain),
		json: asClusterRoute("cluster-info/:clusterHint", (context) =>
			context.clusterOrOnly(),
		),
	},
	{
		name: "which-heuristic-domain-instance",
		category: "Information",
		flags: CLUSTER_FLAGS,
		access: "reads",
		summary: "Print the stored writer of a cluster's domain",
		help: `Prints host:port of the server that was stored as the writer of the selected cluster's domain; when no cluster can be selected, of the only known one. ${CLUSTER_HELP}`,
		...told(writerOf, {
			lines: (writer) => [writer],
			json: (writer) => writer,
		}),
	},
];
