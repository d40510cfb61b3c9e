import { globally, recoveriesAcknowledged } from "../../audit/changes.ts";
import type { Recoveries } from "../../store/contract.ts";
import {
	CLUSTER_FLAGS,
	type Command,
	type CommandContext,
	optional,
	required,
} from "../command.ts";
import { reasonOf } from "./management.ts";

type Selection = Omit<
	Parameters<Recoveries["acknowledge"]>[0],
	"owner" | "comment" | "nowMs"
>;

const acknowledge = async (
	context: CommandContext,
	comment: string,
	selection: Selection | undefined,
): Promise<void> => {
	const { recoveries } = await context.store();
	const count =
		selection === undefined
			? 0
			: await recoveries.acknowledge({
					...selection,
					owner: context.owner,
					comment,
					nowMs: context.nowMs,
				});
	const said = `${count} recoveries acknowledged`;
	if (selection !== undefined)
		await context.audit(
			recoveriesAcknowledged(selection, count, context.owner, comment),
		);
	context.print(said);
};

const ACK_FLAGS = [required("-reason"), optional("-owner")];

export const ACKNOWLEDGEMENT_COMMANDS: readonly Command[] = [
	{
		name: "ack-all-recoveries",
		category: "Recovery",
		flags: ACK_FLAGS,
		access: "changes",
		summary: "Acknowledge all recoveries",
		help: "Acknowledges every recovery, so that the clusters may be recovered again at once. -reason is kept as the comment.",
		run: async (context) =>
			acknowledge(context, reasonOf(context), { all: true }),
	},
	{
		name: "ack-cluster-recoveries",
		category: "Recovery",
		flags: [...ACK_FLAGS, ...CLUSTER_FLAGS],
		access: "changes",
		summary: "Acknowledge the recoveries of a cluster",
		help: "Acknowledges the recoveries of the selected cluster, by its name and by its alias.",
		run: async (context) => {
			const comment = reasonOf(context);
			const cluster = await context.cluster();
			await acknowledge(
				context,
				comment,
				cluster && {
					clusterName: cluster.clusterName,
					clusterAlias: cluster.alias || cluster.clusterName,
				},
			);
		},
	},
	{
		name: "ack-instance-recoveries",
		category: "Recovery",
		flags: [...ACK_FLAGS, optional("-i")],
		access: "changes",
		summary: "Acknowledge the recoveries of a failed instance",
		help: "Acknowledges the recoveries from failures of the instance in -i.",
		run: async (context) => {
			const comment = reasonOf(context);
			await acknowledge(context, comment, {
				instance: await context.instance(),
			});
		},
	},
];

const setDisabled =
	(disabled: boolean) =>
	async (context: CommandContext): Promise<void> => {
		await (await context.store()).recoveries.setGloballyDisabled(disabled);
		await context.audit(
			globally(`${disabled ? "disable" : "enable"}-global-recoveries`, ""),
		);
		context.print(
			`OK: Orchestrator recoveries ${disabled ? "DISABLED" : "ENABLED"} globally`,
		);
	};

export const GLOBAL_SWITCH_COMMANDS: readonly Command[] = [
	{
		name: "disable-global-recoveries",
		category: "Recovery",
		flags: [],
		access: "changes",
		summary: "Switch automatic recoveries off, everywhere",
		help: "Switches automatic recoveries off on all nodes, until they are switched on again. Detection goes on.",
		run: setDisabled(true),
	},
	{
		name: "enable-global-recoveries",
		category: "Recovery",
		flags: [],
		access: "changes",
		summary: "Switch automatic recoveries on again",
		help: "Switches automatic recoveries on again on all nodes.",
		run: setDisabled(false),
	},
	{
		name: "check-global-recoveries",
		category: "Recovery",
		flags: [],
		access: "reads",
		summary: "Say whether automatic recoveries are switched off",
		help: "Prints whether automatic recoveries are switched off everywhere: true or false.",
		run: async (context) => {
			const { recoveries } = await context.store();
			context.print(
				`OK: Global recoveries disabled: ${await recoveries.isGloballyDisabled()}`,
			);
		},
	},
];
