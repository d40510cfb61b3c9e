import { isReplica } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { foresee } from "./foresee.ts";
import { recordedPrimary } from "./members.ts";
import type { PlanSettings } from "./plan.ts";
import { planText, type ShownPlan, shownPlan } from "./plan-text.ts";
import { supposedFailover } from "./prospect.ts";
import { planRelocation } from "./relocation-plan.ts";
import { planTakeover } from "./takeover-plan.ts";

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
): ShownPlan => {
	const { destination } = request;
	const recorded = recordedPrimary(snapshot)?.name;
	const about = request.instance ?? recorded;
	const instance =
		about === undefined ? undefined : findInstance(snapshot, about);
	const isOfReplica = instance !== undefined && isReplica(instance);
	const rest = { snapshot, settings, done: [] };
	if (about === undefined) {
		const refusal = `the primary ${snapshot.clusterName} is not among the servers of the cluster; see its topology, or name one of them with -i`;
		return { text: refusal, refusal };
	}
	if (isOfReplica && destination !== undefined)
		return shownPlan(
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
	const text = [
		...(instance === undefined || isOfReplica || about === primary
			? []
			: [
					`${about} is not the primary of its cluster: ${primary} is, and what follows is about that.`,
					"",
				]),
		`If ${primary} died now:`,
		planText(failover),
		"",
		"A planned takeover:",
		planText(takeover),
	].join("\n");
	const isAskedAndRefused =
		destination !== undefined &&
		failover.refusal !== undefined &&
		takeover.refusal !== undefined;
	return { text, refusal: isAskedAndRefused ? takeover.refusal : undefined };
};
