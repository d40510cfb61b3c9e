import { globally } from "../../audit/changes.ts";
import { errors } from "../../errors.ts";
import { primaryPairs } from "../../kv/primary-pairs.ts";
import { primariesOnRecord } from "../../reading/primaries-on-record.ts";
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import { writablePrimaries } from "../../topology/primary.ts";
import { action } from "../action.ts";
import {
	CLUSTER_IF_ANY,
	CLUSTER_NAME,
	CLUSTER_OR_ONLY,
} from "../arguments/clusters.ts";
import { ALIAS } from "../arguments/words.ts";
import type { RowContext } from "../context.ts";
import { CLUSTER_HELP } from "../flag-use.ts";

/** The entries that are written of one primary. */
const entriesOf = async (
	{ store, configuration }: RowContext,
	alias: string,
	name: InstanceName,
) =>
	primaryPairs(
		configuration.KVClusterMasterPrefix,
		alias,
		name,
		await store.hostnames.addresses(splitName(name).host),
	);

/** An empty list where the reference has null. */
export const KEY_VALUES = [
	action("submit-masters-to-kv-stores", {
		category: "Key-value",
		says: "Write the primaries to the key-value store",
		saysInApi:
			"Write the primaries to the key-value store: of one cluster, or of all",
		help: `Writes five entries about the writable primary of the selected cluster, of every cluster when none can be selected, and prints them as key:value: host:port, and below it hostname, port, ipv4 and ipv6. Keys begin with KVClusterMasterPrefix and the cluster's alias. ${CLUSTER_HELP}`,
		takes: { cluster: CLUSTER_IF_ANY },
		routes: [
			"submit-masters-to-kv-stores",
			"submit-masters-to-kv-stores/:clusterHint",
		],
		run: async (context, { cluster }) => {
			const { clusters, inventory, keyValues } = context.store;
			const chosen = cluster === undefined ? await clusters.all() : [cluster];
			const aliasOf = new Map(
				chosen.map((each) => [
					each.clusterName,
					each.alias || each.clusterName,
				]),
			);
			const written = [];
			for (const { name, clusterName } of await primariesOnRecord(
				context.store,
				await inventory.listed(),
			)) {
				const alias = aliasOf.get(clusterName);
				if (alias === undefined) continue;
				const pairs = await entriesOf(context, alias, name);
				await keyValues.put(pairs, context.nowMs);
				written.push({ name, alias, pairs });
			}
			return written;
		},
		audited: (written) =>
			written.map(({ name, alias }) => ({
				type: "submit-masters-to-kv-stores",
				instance: name,
				message: `alias: ${alias}`,
			})),
		tells: {
			would: (written) =>
				written.length === 0
					? undefined
					: `write ${written
							.flatMap(({ pairs }) => pairs)
							.map(({ key, value }) => `${key}:${value}`)
							.join(", ")}`,
			lines: (written) =>
				written.flatMap(({ pairs }) =>
					pairs.map(({ key, value }) => `${key}:${value}`),
				),
			json: (written) =>
				written.flatMap(({ pairs }) =>
					pairs.map(({ key, value }) => ({ Key: key, Value: value })),
				),
			message: (written) =>
				`Submitted ${written.flatMap(({ pairs }) => pairs).length} masters to kv stores`,
		},
	}),
];

/** Host under which general attributes are kept, such as a domain's writer. */
export const GENERAL_HOST = "*";

export const DOMAIN_WRITERS = [
	action("set-heuristic-domain-instance", {
		category: "Instance, meta",
		says: "Store the primary as the writer of the cluster's domain",
		help: `Stores the writable primary of the selected cluster as the writer of the cluster's domain, and prints it. Refused without a domain, or when there is not exactly one writable primary. ${CLUSTER_HELP}`,
		takes: { cluster: CLUSTER_OR_ONLY },
		routes: [],
		run: async ({ store, nowMs }, { cluster: { clusterName, domain } }) => {
			if (domain === "") throw errors.noDomain({ cluster: clusterName });
			const writers = writablePrimaries(await store.inventory.listed()).filter(
				(each) => each.clusterName === clusterName,
			);
			const [writer, second] = writers;
			if (writer === undefined || second !== undefined)
				throw writer === undefined
					? errors.noWritablePrimary({ cluster: clusterName })
					: errors.severalWritablePrimaries({
							cluster: clusterName,
							count: writers.length,
							primaries: writers.map((each) => each.name),
						});
			await store.hostAttributes.set(GENERAL_HOST, domain, writer.name, nowMs);
			return { writer: writer.name, domain };
		},
		audited: ({ writer, domain }) => [
			{
				type: "set-heuristic-domain-instance",
				instance: writer,
				message: `domain: ${domain}`,
			},
		],
		tells: {
			would: ({ writer, domain }) =>
				`store ${writer} as the writer of ${domain}`,
			lines: ({ writer }) => [writer],
			json: ({ writer }) => writer,
			message: ({ writer, domain }) => `${writer} is the writer of ${domain}`,
		},
	}),
];

export const ALIASES = [
	action("set-cluster-alias", {
		category: "Information",
		isApiOnly: true,
		says: "Set the alias of a cluster by hand",
		help: "Sets the alias of the cluster with that name, which need not be known.",
		takes: { clusterName: CLUSTER_NAME, alias: ALIAS },
		routes: ["set-cluster-alias/:clusterName"],
		run: async ({ store }, named) => {
			await store.clusters.setAliasOverride(named.clusterName, named.alias);
			return named;
		},
		audited: ({ clusterName, alias }) => [
			globally("set-cluster-alias", `alias: ${alias}`, clusterName),
		],
		tells: {
			lines: () => [],
			json: () => null,
			message: ({ clusterName, alias }) =>
				`Cluster ${clusterName} now has alias '${alias}'`,
		},
	}),
];
