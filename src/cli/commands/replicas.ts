import { knownInstance } from "../../naming/instances.ts";
import { optional, required } from "../../surface/flag-use.ts";
import { canReplicateFrom } from "../../topology/can-replicate.ts";
import {
	type Instance,
	isReplica,
	isReplicationRunning,
	sourceOf,
	threadStatesOf,
} from "../../topology/instance.ts";
import { compareNames } from "../../topology/instance-name.ts";
import type { Command, CommandContext } from "../command.ts";
import { printNames } from "./instances.ts";

/** Prints the instance's name when it is so, else nothing. */
const printWhen =
	(isSo: (instance: Instance) => boolean) =>
	async (context: CommandContext): Promise<void> => {
		const name = await context.instance();
		const instance = await knownInstance(await context.store(), name);
		if (isSo(instance)) context.print(instance.name);
	};

const canReplicate = async (context: CommandContext): Promise<void> => {
	const below = await context.destination();
	const name = await context.instance();
	const store = await context.store();
	const replica = await knownInstance(store, name);
	const source = await knownInstance(store, below);
	const verdict = canReplicateFrom(replica, source, {
		verifyFilters: context.configuration.VerifyReplicationFilters,
		maxMaintenanceLagSeconds:
			context.configuration.ReasonableMaintenanceReplicationLagSeconds,
	});
	if (verdict.ok) context.print(source.name);
	else context.log.info(verdict.reason);
};

export const REPLICA_COMMANDS: readonly Command[] = [
	{
		name: "can-replicate-from",
		category: "Replication information",
		flags: [optional("-i"), required("-d")],
		access: "reads",
		summary: "Tell whether an instance could replicate from another",
		help: "Prints the name of the server in -d when the instance in -i could replicate from it, else nothing; with -verbose the reason why not. Goes by version, binary log, filters and ids, not by what the logs still hold.",
		run: canReplicate,
	},
	{
		name: "is-replicating",
		category: "Replication information",
		flags: [optional("-i")],
		access: "reads",
		summary: "Tell whether an instance replicates",
		help: "Prints the name of the instance in -i when it is a replica whose both threads run, else nothing.",
		run: printWhen(
			(instance) => isReplica(instance) && isReplicationRunning(instance),
		),
	},
	{
		name: "is-replication-stopped",
		category: "Replication information",
		flags: [optional("-i")],
		access: "reads",
		summary: "Tell whether replication of an instance is stopped",
		help: "Prints the name of the instance in -i when it is a replica whose both threads are stopped, else nothing.",
		run: printWhen((instance) => {
			const { receiver, applier } = threadStatesOf(instance);
			return receiver === 0 && applier === 0;
		}),
	},
	{
		name: "which-master",
		category: "Information",
		flags: [optional("-i")],
		access: "reads",
		summary: "Print the source of an instance",
		help: "Prints host:port of the server that the instance replicates from; nothing when there is none or replication was detached.",
		run: async (context) => {
			const name = await context.instance();
			const instance = await knownInstance(await context.store(), name);
			const source = sourceOf(instance);
			if (source !== undefined) context.print(source);
		},
	},
	{
		name: "which-replicas",
		category: "Information",
		flags: [optional("-i")],
		access: "reads",
		summary: "List the replicas of an instance",
		help: "Lists the known replicas of the instance in -i, one per line.",
		run: async (context) => {
			const name = await context.instance();
			const replicas = await (await context.store()).inventory.replicasOf(name);
			printNames(
				context,
				replicas.sort((a, b) => compareNames(a.name, b.name)),
			);
		},
	},
];
