import { isLastCheckValid, isReplica } from "../topology/instance.ts";
import {
	asInstanceName,
	type InstanceName,
} from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import type { Candidacy, PromotionSettings } from "./candidate.ts";
import { failedIn, planPromotion, replicasIn } from "./recovery-plan.ts";
import { planRelocation } from "./relocation-plan.ts";
import { planTakeover } from "./takeover-plan.ts";

const numbered = (lines: readonly string[]): string[] =>
	lines.map((line, at) => `  ${at + 1}. ${line}`);

const ranking = (candidacy: Candidacy): string[] => [
	"Candidates, best first:",
	...numbered(candidacy.ranking.map((each) => `${each.name}: ${each.says}`)),
	...candidacy.excluded.map(
		(each) => `  -  ${each.name} is out: ${each.reason}`,
	),
];

/** What a failover of this primary would do now. */
const failover = (
	snapshot: Snapshot,
	failed: InstanceName,
	settings: PromotionSettings,
	requested: InstanceName | undefined,
): string[] => {
	const primary = failedIn(snapshot, failed);
	const plan = planPromotion(
		primary,
		replicasIn(snapshot, failed),
		settings,
		requested,
	);
	const loss =
		plan.loss.says === "" ? "none of the acknowledged writes" : plan.loss.says;
	if (plan.promote === undefined)
		return [
			`If ${failed} died now: nobody would be promoted: ${plan.refusal}`,
			...ranking(plan.candidacy),
			`Expected loss: ${loss}`,
		];
	const stop = replicasIn(snapshot, failed)
		.filter(isLastCheckValid)
		.map((each) => each.name);
	return [
		`If ${failed} died now, ${plan.promote} would be promoted:`,
		...numbered([
			`stop the receivers of ${stop.join(", ")}, and choose anew by what each has received then`,
			...(plan.catchUpFrom === undefined
				? []
				: [`let ${plan.promote} fetch from ${plan.catchUpFrom} what it lacks`]),
			`let ${plan.promote} apply all that it received`,
			`promote ${plan.promote} (from here there is no way back)`,
			`repoint ${plan.repoint.join(", ") || "nobody"} at the same time`,
			`fence ${failed}: read-only when it returns, rejoined only if it has nothing that ${plan.promote} lacks`,
		]),
		...plan.lost.map(
			(each) => `  -  left behind: ${each.name}: ${each.reason}`,
		),
		...ranking(plan.candidacy),
		`Expected loss: ${loss}`,
	];
};

const takeover = (
	snapshot: Snapshot,
	settings: PromotionSettings,
	to: InstanceName | undefined,
): string[] => {
	const plan = planTakeover(
		snapshot,
		{ auto: true, ...(to === undefined ? {} : { to }) },
		settings,
	);
	if (plan.primary === undefined)
		return [
			`A planned takeover${to === undefined ? "" : ` to ${to}`} would be refused: ${plan.refusal}`,
		];
	return [
		`A planned takeover would make ${plan.designated} the primary in place of ${plan.primary}:`,
		...numbered([
			`check that ${plan.designated} can tell the replication credential`,
			`move ${plan.moveBefore.join(", ") || "nobody"} below ${plan.designated} while ${plan.primary} still takes writes`,
			`block writes on ${plan.primary}, let ${plan.designated} apply the last of them, open it (from here there is no way back)`,
			`point ${[plan.primary, ...plan.moveAfter].join(", ")} to ${plan.designated}`,
		]),
	];
};

/** The plans, the ranking and the expected loss for a cluster as it is, in plain text (`explain`). */
export const explainCluster = (
	snapshot: Snapshot,
	request: {
		readonly instance?: InstanceName;
		readonly destination?: InstanceName;
	},
	settings: PromotionSettings,
): string => {
	const about = request.instance ?? asInstanceName(snapshot.clusterName);
	const instance = findInstance(snapshot, about);
	if (
		instance !== undefined &&
		isReplica(instance) &&
		request.destination !== undefined
	) {
		const plan = planRelocation(
			snapshot,
			{ instance: about, below: request.destination },
			settings,
		);
		return plan.refusal === ""
			? `${about} would be moved from ${plan.from} below ${plan.below} by GTID, and put back if it does not replicate there`
			: `${about} would not be moved below ${request.destination}: ${plan.refusal}`;
	}
	const primary =
		instance !== undefined && isReplica(instance)
			? asInstanceName(snapshot.clusterName)
			: about;
	return [
		...failover(snapshot, primary, settings, request.destination),
		"",
		...takeover(snapshot, settings, request.destination),
	].join("\n");
};
