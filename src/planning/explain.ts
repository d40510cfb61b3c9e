import { isReplica } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { foresee } from "./foresee.ts";
import { recordedPrimary } from "./members.ts";
import type { Plan, PlanSettings } from "./plan.ts";
import { planText, type ShownPlan, shownPlan } from "./plan-text.ts";
import { supposedFailover } from "./prospect.ts";
import { planRelocation } from "./relocation-plan.ts";
import { planTakeover } from "./takeover-plan.ts";

/** What `explain` tells of: one change that was asked about, or what could become of the primary. */
export interface Explained extends ShownPlan {
	/** The same plans, in their order, with what was found out about them since. */
	readonly tell: (plans: readonly Plan[]) => ShownPlan;
}

const explained = (
	plans: readonly Plan[],
	tell: Explained["tell"],
): Explained => ({ ...tell(plans), tell });

const nothingKnown = (refusal: string): Explained =>
	explained([], () => ({ text: refusal, refusal, plans: [] }));

const ofPlan = (plan: Plan): Explained =>
	explained([plan], ([told = plan]) => shownPlan(told));

/** What of it would be refused is said first: the plans are long. */
const headline = (failover: Plan, takeover: Plan): string[] => {
	const refusals = [
		...(failover.refusal === undefined ? [] : ["a failover"]),
		...(takeover.refusal === undefined ? [] : ["a planned takeover"]),
	];
	return refusals.length === 0
		? []
		: [`Would be refused as things stand: ${refusals.join(" and ")}.`, ""];
};

const ofPrimary = (
	[failover, takeover]: readonly [Plan, Plan],
	primary: InstanceName,
	aside: readonly string[],
	isAboutSuccessor: boolean,
): Explained =>
	explained(
		[failover, takeover],
		([ifDead = failover, planned = takeover]) => ({
			plans: [ifDead, planned],
			text: [
				...headline(ifDead, planned),
				...aside,
				`If ${primary} died now:`,
				planText(ifDead),
				"",
				"A planned takeover:",
				planText(planned),
			].join("\n"),
			refusal:
				isAboutSuccessor && ifDead.refusal !== undefined
					? planned.refusal
					: undefined,
		}),
	);

/**
 * The plans for a cluster as it is, in plain text (`explain`): of a replica with a destination its relocation, else the failover and
 * the takeover of the primary, whichever of its instances was named. What is shown is refused when the one change that was asked
 * about is, by its destination, or when there is nothing to look at.
 */
export const explainCluster = (
	snapshot: Snapshot,
	request: {
		readonly instance?: InstanceName;
		readonly destination?: InstanceName;
	},
	settings: PlanSettings,
): Explained => {
	const { destination } = request;
	const recorded = recordedPrimary(snapshot)?.name;
	const about = request.instance ?? recorded;
	const instance =
		about === undefined ? undefined : findInstance(snapshot, about);
	const isOfReplica = instance !== undefined && isReplica(instance);
	const rest = { snapshot, settings, done: [] };
	if (about === undefined)
		return nothingKnown(
			`the primary ${snapshot.clusterName} is not among the servers of the cluster; see its topology, or name one of them with -i`,
		);
	if (isOfReplica && destination !== undefined)
		return ofPlan(
			foresee(planRelocation, {
				...rest,
				request: { instance: about, below: destination },
			}),
		);
	const primary = recorded ?? about;
	const takeover = foresee(planTakeover, {
		...rest,
		request: {
			auto: true,
			...(destination === undefined ? {} : { to: destination }),
		},
	});
	const failover = supposedFailover(snapshot, primary, settings, destination);
	return ofPrimary(
		[failover, takeover],
		primary,
		instance === undefined || isOfReplica || about === primary
			? []
			: [
					`${about} is not the primary of its cluster: ${primary} is, and what follows is about that.`,
					"",
				],
		destination !== undefined,
	);
};
