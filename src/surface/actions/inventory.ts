import { discovered, forgotten } from "../../audit/changes.ts";
import { instanceJson } from "../../compat/json/instance.ts";
import { readInstanceContext } from "../../compat/json/instance-context.ts";
import { nameJson } from "../../compat/json/values.ts";
import { errors } from "../../errors.ts";
import type { Instance } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import { unnamedReplicas } from "../../topology/unknown-replicas.ts";
import { action } from "../action.ts";
import { CLUSTER_BY_NAME } from "../arguments/clusters.ts";
import {
	INSTANCE,
	NEW_INSTANCE,
	STORED_INSTANCE,
} from "../arguments/instances.ts";

/** A cluster goes by the name of its primary. */
const primaryForgotten = (
	primary: InstanceName,
	others: readonly Instance[],
): readonly string[] =>
	others
		.slice(0, 1)
		.map(
			({ name }) =>
				`${primary} was the primary of a cluster of which ${others.length} more ${others.length === 1 ? "is" : "are"} known. Until its replicas lead to it again, a minute from now at the soonest, nobody looks at it, and its death starts no failover: discover -i ${primary} brings it back at once, forget-cluster -i ${name} forgets the others too`,
		);

/** Bringing instances in, and forgetting them. */
export const INVENTORY = [
	action("discover", {
		category: "Instance management",
		says: "Look at a server and add it to the inventory",
		saysInApi:
			"Look at a server, add it to the inventory, and go on to its topology",
		help: "Probes the server in -i, stores what it says and prints its name. Only this server: a running node goes on to its source and replicas.",
		takes: { instance: NEW_INSTANCE },
		isLook: true,
		routes: ["discover/:host/:port"],
		run: async (context, { instance }) => {
			const found = await (await context.discovery()).discover(instance, {
				decidesNames: true,
			});
			context.crawlOn(found.name);
			return found;
		},
		audited: ({ name }) => [discovered(name)],
		tells: {
			would: ({ name }) =>
				`store what ${name} says now, and add it to the inventory where it is not there`,
			lines: ({ name }) => [name],
			hints: async (found, { store }) =>
				// Met before it was known which cluster they are of, they have its name by now, or lead to it.
				unnamedReplicas(found, [
					...(await store.inventory.replicasOf(found.name)),
					...(await store.inventory.ofCluster(found.clusterName)),
				]),
			json: async (found, { store, configuration, nowMs }) =>
				instanceJson(
					found,
					await readInstanceContext(store, configuration, nowMs),
				),
			message: ({ name }) => `Instance discovered: ${name}`,
		},
	}),
	action("async-discover", {
		category: "Instance management",
		isApiOnly: true,
		says: "Look at a server and go on to its topology, without waiting",
		help: "Answers at once; a node looks at the server and goes on to its source and replicas.",
		takes: { instance: NEW_INSTANCE },
		routes: ["async-discover/:host/:port"],
		run: async (context, { instance }) => {
			context.crawlOn(instance);
			return instance;
		},
		audited: () => [],
		tells: {
			lines: () => [],
			json: () => null,
			message: (instance) =>
				`Asynchronous discovery initiated for: ${instance}`,
		},
	}),
	action("refresh", {
		category: "Instance management",
		isApiOnly: true,
		says: "Look at a known instance now",
		help: "Probes a known instance and stores what it says.",
		takes: { instance: INSTANCE },
		routes: ["refresh/:host/:port"],
		run: async (context, { instance }) => {
			await (await context.discovery()).discover(instance);
			return instance;
		},
		audited: () => [],
		tells: {
			lines: () => [],
			json: nameJson,
			message: (instance) => `Instance refreshed: ${instance}`,
		},
	}),
	action("forget", {
		category: "Instance management",
		says: "Remove an instance from the inventory",
		help: "Removes the instance in -i from the inventory. It comes back when it is discovered again, for example as the replica of a known server.",
		takes: { instance: STORED_INSTANCE },
		routes: ["forget/:host/:port"],
		run: async ({ store: { inventory } }, { instance }) => {
			const known = await inventory.get(instance);
			if (await inventory.forget(instance))
				return { instance, clusterName: known?.clusterName ?? "" };
			throw errors.unknownInstance({ instance });
		},
		audited: ({ instance, clusterName }) => forgotten([instance], clusterName),
		tells: {
			would: ({ instance }) => `forget ${instance}`,
			lines: ({ instance }) => [instance],
			hints: async ({ instance, clusterName }, { store }) =>
				instance === clusterName
					? primaryForgotten(
							instance,
							await store.inventory.ofCluster(clusterName),
						)
					: [],
			json: ({ instance }) => nameJson(instance),
			message: ({ instance }) => `Instance forgotten: ${instance}`,
		},
	}),
	action("forget-cluster", {
		category: "Instance management",
		says: "Remove a whole cluster from the inventory",
		help: "Removes every instance of the cluster named by -alias, or of the one that the instance in -i belongs to, and prints them. Without either it is refused: the local host is not taken for granted.",
		takes: { cluster: CLUSTER_BY_NAME },
		routes: ["forget-cluster/:clusterHint"],
		run: async ({ store }, { cluster: { identity, clusterName } }) => ({
			clusterName,
			names: await store.inventory.forgetCluster(identity),
		}),
		audited: ({ names, clusterName }) => forgotten(names, clusterName),
		tells: {
			would: ({ names, clusterName }) =>
				names.length === 0
					? undefined
					: `forget the cluster ${clusterName}: ${names.join(", ")}`,
			lines: ({ names }) => names,
			json: () => null,
			message: ({ clusterName }) => `Cluster forgotten: ${clusterName}`,
		},
	}),
];
