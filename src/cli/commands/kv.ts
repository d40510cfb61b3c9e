import { BatonError, errors } from "../../errors.ts";
import { primaryPairs } from "../../kv/primary-pairs.ts";
import { splitName } from "../../topology/instance-name.ts";
import {
	writablePrimaries,
	writablePrimaryOfEach,
} from "../../topology/primary.ts";
import {
	CLUSTER_FLAGS,
	type Command,
	type CommandContext,
} from "../command.ts";
import { CLUSTER_HELP, clusterOrOnly } from "./clusters.ts";
import { GENERAL_HOST } from "./domains.ts";

const submitPrimaries = async (context: CommandContext): Promise<void> => {
	const cluster = await context.cluster();
	const store = await context.store();
	const aliasOf = new Map(
		(cluster === undefined ? await store.clusters.all() : [cluster]).map(
			(each) => [each.clusterName, each.alias || each.clusterName],
		),
	);
	for (const primary of writablePrimaryOfEach(await store.inventory.listed())) {
		const alias = aliasOf.get(primary.clusterName);
		if (alias === undefined) continue;
		const pairs = primaryPairs(
			context.configuration.KVClusterMasterPrefix,
			alias,
			primary.name,
			await store.hostnames.addresses(splitName(primary.name).host),
		);
		await store.keyValues.put(pairs, context.nowMs);
		await context.audit({
			type: "submit-masters-to-kv-stores",
			instance: primary.name,
			message: `alias: ${alias}`,
		});
		for (const { key, value } of pairs) context.print(`${key}:${value}`);
	}
};

const setDomainWriter = async (context: CommandContext): Promise<void> => {
	const { clusterName, domain } = await clusterOrOnly(context);
	if (domain === "") throw errors.noDomain(clusterName);
	const { hostAttributes, inventory } = await context.store();
	const writers = writablePrimaries(await inventory.listed()).filter(
		(each) => each.clusterName === clusterName,
	);
	const [writer, second] = writers;
	if (writer === undefined || second !== undefined)
		throw new BatonError(
			"Refused",
			writer === undefined
				? `cluster ${clusterName} has no writable primary; clear read_only on the one that shall take the writes`
				: `cluster ${clusterName} has ${writers.length} writable primaries: ${writers.map((each) => each.name).join(", ")}; set read_only on all but one`,
		);
	await hostAttributes.set(GENERAL_HOST, domain, writer.name, context.nowMs);
	await context.audit({
		type: "set-heuristic-domain-instance",
		instance: writer.name,
		message: `domain: ${domain}`,
	});
	context.print(writer.name);
};

/** cli.md §7.5 */
export const KEY_VALUE_COMMANDS: readonly Command[] = [
	{
		name: "submit-masters-to-kv-stores",
		category: "Key-value",
		flags: CLUSTER_FLAGS,
		access: "changes",
		summary: "Write the primaries to the key-value store",
		help: `Writes five entries about the writable primary of the selected cluster, of every cluster when none can be selected, and prints them as key:value: host:port, and below it hostname, port, ipv4 and ipv6. Keys begin with KVClusterMasterPrefix and the cluster's alias. ${CLUSTER_HELP}`,
		run: submitPrimaries,
	},
];

/** cli.md §7.9 */
export const DOMAIN_WRITER_COMMANDS: readonly Command[] = [
	{
		name: "set-heuristic-domain-instance",
		category: "Instance, meta",
		flags: CLUSTER_FLAGS,
		access: "changes",
		summary: "Store the primary as the writer of the cluster's domain",
		help: `Stores the writable primary of the selected cluster as the writer of the cluster's domain, and prints it. Refused without a domain, or when there is not exactly one writable primary. ${CLUSTER_HELP}`,
		run: setDomainWriter,
	},
];
