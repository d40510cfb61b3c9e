import { okJson } from "../../compat/json/envelope.ts";
import { nameJson } from "../../compat/json/values.ts";
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
import {
	compareNames,
	type InstanceName,
} from "../../topology/instance-name.ts";
import type { Command, CommandContext } from "../command.ts";
import { asInstanceRoute, keyOrNull, told } from "../told.ts";
import { printNames } from "./instances.ts";

const lineIfAny = (name: InstanceName | undefined): readonly string[] =>
	name === undefined ? [] : [name];

const OPTIONAL_NAME = { lines: lineIfAny, json: keyOrNull };

const known = async (context: CommandContext): Promise<Instance> =>
	knownInstance(await context.store(), await context.instance());

/** Tells the instance's name when it is so, else nothing. */
const toldWhen = (isSo: (instance: Instance) => boolean) =>
	told(async (context) => {
		const instance = await known(context);
		return isSo(instance) ? instance.name : undefined;
	}, OPTIONAL_NAME);

const verdictOf = async (context: CommandContext) => {
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
	if (!verdict.ok) context.log.info(verdict.reason);
	return { source: source.name, reason: verdict.ok ? "" : verdict.reason };
};

export const REPLICA_COMMANDS: readonly Command[] = [
	{
		name: "can-replicate-from",
		category: "Replication information",
		flags: [optional("-i"), required("-d")],
		access: "reads",
		summary: "Tell whether an instance could replicate from another",
		help: "Prints the name of the server in -d when the instance in -i could replicate from it, else nothing; with -verbose the reason why not. Goes by version, binary log, filters and ids, not by what the logs still hold.",
		...told(verdictOf, {
			lines: ({ source, reason }) => (reason === "" ? [source] : []),
			json: ({ source, reason }) =>
				okJson(
					reason === "" ? "true" : reason,
					reason === "" ? nameJson(source) : null,
				),
		}),
	},
	{
		name: "is-replicating",
		category: "Replication information",
		flags: [optional("-i")],
		access: "reads",
		summary: "Tell whether an instance replicates",
		help: "Prints the name of the instance in -i when it is a replica whose both threads run, else nothing.",
		...toldWhen(
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
		...toldWhen((instance) => {
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
		...told(async (context) => sourceOf(await known(context)), OPTIONAL_NAME),
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
		json: asInstanceRoute("instance-replicas"),
	},
];
