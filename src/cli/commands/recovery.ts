import { type AnalysisEntry, analyse } from "../../analysis/analysis.ts";
import { listed } from "../../analysis/listing.ts";
import { analysisLine, coordinatesText } from "../../compat/text/lines.ts";
import {
	analysisSettings,
	listingRules,
} from "../../config/analysis-settings.ts";
import { BatonError, errors } from "../../errors.ts";
import {
	doubtfulSnapshots,
	snapshotsOfStore,
} from "../../reading/snapshots-of-store.ts";
import {
	CLUSTER_FLAGS,
	type Command,
	type CommandContext,
	optional,
} from "../command.ts";
import { runOperation } from "../run-operation.ts";
import { selectedPrimary } from "./clusters.ts";

const analysisOf = async (
	context: CommandContext,
): Promise<AnalysisEntry[]> => {
	const settings = analysisSettings(context.configuration);
	const snapshots = await snapshotsOfStore(
		await context.store(),
		context.nowMs,
	);
	return snapshots.flatMap((snapshot) => analyse(snapshot, settings));
};

/** `recover`: acts on the present finding about one instance; quiet when there is none (cli.md §7.8). */
const recover =
	(skipHooks: boolean) =>
	async (context: CommandContext): Promise<void> => {
		const candidate = await context.optionalDestination();
		const instance = await context.instance();
		const entry = (await analysisOf(context)).find(
			(each) => each.instance === instance,
		);
		if (entry === undefined || entry.recovery !== "primary") {
			context.log.info(
				`no recovery attempted: ${entry?.says ?? `${instance} is not known`}`,
			);
			return;
		}
		const outcome = await runOperation(context, {
			kind: "recovery",
			cluster: entry.identity,
			instance,
			analysis: entry.code,
			forced: true,
			command: skipHooks ? "recover-lite" : "recover",
			skipHooks,
			...(candidate === undefined ? {} : { candidate }),
			requestedBy: context.owner,
		});
		if (outcome?.successor) context.print(outcome.successor);
		else if (outcome !== undefined)
			context.log.info(`no recovery attempted: ${outcome.says}`);
	};

const forceFailover = async (context: CommandContext): Promise<void> => {
	const cluster = await context.cluster();
	const primary = await selectedPrimary(context, cluster);
	const outcome = await runOperation(context, {
		kind: "recovery",
		cluster: cluster?.identity ?? primary.clusterName,
		instance: primary.name,
		analysis: "DeadMaster",
		forced: true,
		command: "force-master-failover",
		requestedBy: context.owner,
	});
	if (outcome === undefined) return;
	if (!outcome.successor) throw new BatonError("Refused", outcome.says);
	context.print(outcome.successor);
};

const takeover =
	(auto: boolean) =>
	async (context: CommandContext): Promise<void> => {
		const cluster = await context.cluster();
		if (cluster === undefined) throw errors.clusterNotSelected();
		const to = await context.optionalDestination();
		const outcome = await runOperation(context, {
			kind: "takeover",
			cluster: cluster.identity,
			...(to === undefined ? {} : { to }),
			auto,
			requestedBy: context.owner,
		});
		if (outcome === undefined) return;
		if (!outcome.successor) throw new BatonError("Refused", outcome.says);
		context.print(outcome.successor);
		context.print(coordinatesText(outcome.successorCoordinates));
	};

const TAKEOVER_FLAGS = [...CLUSTER_FLAGS, optional("-d"), optional("-no-wait")];
const RECOVER_FLAGS = [optional("-i"), optional("-d"), optional("-no-wait")];

export const RECOVERY_COMMANDS: readonly Command[] = [
	{
		name: "recover",
		category: "Recovery",
		flags: RECOVER_FLAGS,
		access: "changes",
		summary: "Recover from the failure of an instance",
		help: "Runs the recovery that the present finding about the instance in -i calls for, and prints the promoted server. Prints nothing when no failure stands. -d is the preferred successor.",
		run: recover(false),
	},
	{
		name: "recover-lite",
		category: "Recovery",
		flags: RECOVER_FLAGS,
		access: "changes",
		summary: "Recover from the failure of an instance, without hooks",
		help: "As recover, but no hook is run.",
		run: recover(true),
	},
	{
		name: "force-master-failover",
		category: "Recovery",
		flags: [...CLUSTER_FLAGS, optional("-no-wait")],
		access: "changes",
		summary: "Fail over a cluster's primary, dead or not",
		help: "Treats the primary of the selected cluster as dead and promotes a replica. Prints the promoted server. Transactions may be lost: prefer graceful-master-takeover for a living primary.",
		run: forceFailover,
	},
	{
		name: "graceful-master-takeover",
		category: "Recovery",
		flags: TAKEOVER_FLAGS,
		access: "changes",
		summary: "Hand the primary's role to a replica, without loss",
		help: "Promotes the replica in -d, or the only one, once it has everything. Prints the promoted server and its coordinates. Replication on the demoted server is set up but not started.",
		run: takeover(false),
	},
	{
		name: "graceful-master-takeover-auto",
		category: "Recovery",
		flags: TAKEOVER_FLAGS,
		access: "changes",
		summary: "As graceful-master-takeover; chooses the replica itself",
		help: "Promotes the replica in -d, or the best one, once it has everything, and starts replication on the demoted server. Prints the promoted server and its coordinates.",
		run: takeover(true),
	},
	{
		name: "replication-analysis",
		category: "Recovery",
		flags: [],
		access: "reads",
		summary: "List what is wrong, in all clusters",
		help: "Lists each instance with a finding: host:port (cluster NAME): CODE, CODE … Downtimed ones are left out.",
		run: async (context) => {
			const settings = analysisSettings(context.configuration);
			const snapshots = await doubtfulSnapshots(
				await context.store(),
				settings,
				context.nowMs,
			);
			const entries = listed(
				snapshots.flatMap((snapshot) => analyse(snapshot, settings)),
				listingRules(context.configuration),
				{ downtimed: false },
			);
			for (const entry of entries) context.print(analysisLine(entry));
		},
	},
];
