import { type AnalysisEntry, isSkippable } from "../analysis/analysis.ts";
import type { Prospect } from "../compat/text/why/subject.ts";
import { matchesClusterFilters } from "../config/filters.ts";
import { planSettings } from "../config/promotion-settings.ts";
import { blockingAmong } from "../operations/blocking.ts";
import { prospectOf } from "../planning/prospect.ts";
import { decide, type Situation, type Verdict } from "../policy/decide.ts";
import { recoveryRow } from "../policy/recovery-table.ts";
import type { ClusterRecord } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { primariesOf } from "../topology/primary.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import type { CommandContext } from "./command.ts";

/** Recoveries that block another one now; a period that is over but was not ended yet does not. */
const blockingOf = async (
	context: CommandContext,
	{ identity, clusterName }: ClusterRecord,
	failed: InstanceName,
) => {
	const { recoveries, operations } = await context.store();
	const active = [
		...(await recoveries.active({ identity, clusterName })),
		...(await recoveries.active({ successor: failed })),
	];
	return blockingAmong(active, {
		running: await operations.current(identity),
		settings: context.configuration,
		nowMs: context.nowMs,
	});
};

/** What is judged of an instance: a finding, or a supposed death. */
type Judged = Pick<
	Situation,
	| "analysis"
	| "recovery"
	| "isActionable"
	| "notActionableBecause"
	| "isDowntimed"
>;

/** What prospects are told from. */
interface Scene {
	readonly cluster: ClusterRecord;
	readonly snapshot: Snapshot;
	readonly entries: readonly AnalysisEntry[];
	readonly globallyDisabled: boolean;
	/** Why nothing at all would be started now. */
	readonly blind: string | undefined;
}

/** Nothing speaks against it, and yet nobody would do it. */
const unlessBlind = (verdict: Verdict, blind: string | undefined): Verdict =>
	verdict.act && blind !== undefined
		? { act: false, says: blind, blockedBy: 0 }
		: verdict;

/** Would a recovery start: of each finding that is more than a notice, else of the primary, were it dead. */
export const prospectsOf = async (
	context: CommandContext,
	{ cluster, snapshot, entries, globallyDisabled, blind }: Scene,
): Promise<Prospect[]> => {
	const { configuration, nowMs } = context;
	const settings = planSettings(
		configuration,
		snapshot.instances.map((each) => each.name),
	);
	const decided = async (instance: InstanceName, about: Judged) =>
		decide({
			...about,
			instance,
			filterMatches: matchesClusterFilters(
				configuration[recoveryRow(about.recovery).filter],
				{ name: cluster.clusterName, alias: cluster.alias },
			),
			globallyDisabled,
			blocking: await blockingOf(context, cluster, instance),
			nowMs,
		});
	const prospect = async (
		instance: InstanceName,
		about: Judged,
	): Promise<Omit<Prospect, "analysis">> => {
		const verdict = unlessBlind(await decided(instance, about), blind);
		// Whoever lifts what speaks against it wants to know whether that would help.
		return about.recovery === "primary" && about.isActionable
			? { instance, verdict, outlook: prospectOf(snapshot, instance, settings) }
			: { instance, verdict };
	};
	const standing: Prospect[] = [];
	for (const entry of entries)
		if (entry.code !== "NoProblem")
			standing.push({
				analysis: entry.code,
				...(await prospect(entry.instance, {
					analysis: entry.code,
					recovery: entry.recovery,
					isActionable: entry.isActionable,
					notActionableBecause: entry.notActionableBecause,
					isDowntimed: isSkippable(entry),
				})),
			});
	const [primary] = primariesOf(
		entries.map((each) => each.facts.instance),
		cluster.clusterName,
	);
	const entry = entries.find((each) => each.instance === primary?.name);
	if (entry === undefined || entry.code !== "NoProblem") return standing;
	const supposed = await prospect(entry.instance, {
		analysis: "DeadMaster",
		recovery: "primary",
		isActionable: !entry.facts.isMaintained,
		notActionableBecause: `${entry.instance} is under maintenance`,
		isDowntimed: entry.isDowntimed,
	});
	return [...standing, { analysis: "", ...supposed }];
};
