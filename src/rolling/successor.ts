import { byName, replicasIn, underMaintenance } from "../planning/members.ts";
import type { LeftBehind, PlanSettings } from "../planning/plan.ts";
import { cannotFollow } from "../planning/switch-checks.ts";
import { planTakeover } from "../planning/takeover-plan.ts";
import type { Instance, PromotionRule } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { ROLLING_OWNER } from "./disorder.ts";

// Who takes over from the primary in the end.

/** The higher, the later it is taken out and the rather it is made the primary. */
export const RANK: Readonly<Record<PromotionRule, number>> = {
	must_not: 0,
	prefer_not: 1,
	neutral: 2,
	prefer: 3,
	must: 4,
};

/** Binary-log servers hold no data and are nobody's to restart in turn. */
export const hasATurn = (each: Instance): boolean => !each.isBinlogServer;

/** Who may be made the primary, the best first; never one that is errant, forbidden or a binary-log server. */
export const successorsOf = (
	snapshot: Snapshot,
	primary: Instance,
	settings: PlanSettings,
): Instance[] =>
	replicasIn(snapshot, primary.name)
		.filter(
			(each) =>
				hasATurn(each) &&
				each.promotionRule !== "must_not" &&
				each.errantGtid === "" &&
				!settings.banned.includes(each.name),
		)
		.toSorted(
			(a, b) => RANK[b.promotionRule] - RANK[a.promotionRule] || byName(a, b),
		);

/** A person has left them out, and whoever takes over cannot have them below it. */
const leftBy = (
	snapshot: Snapshot,
	settings: PlanSettings,
	primary: Instance,
	to: Instance,
	skipped: readonly InstanceName[],
): readonly LeftBehind[] =>
	replicasIn(snapshot, primary.name)
		.filter(({ name }) => name !== to.name && skipped.includes(name))
		.flatMap((each) => {
			const isDowntimed = snapshot.downtimes.some(
				({ instance }) => instance === each.name,
			);
			const reason = isDowntimed
				? `${each.name} is downtimed`
				: (underMaintenance(snapshot, [each]) ??
					cannotFollow(each, to, settings));
			return reason === undefined ? [] : [{ name: each.name, reason }];
		});

/** As the cluster is when they have been downtimed. */
const withoutThem = (
	snapshot: Snapshot,
	left: readonly LeftBehind[],
): Snapshot => ({
	...snapshot,
	downtimes: [
		...snapshot.downtimes,
		...left.map(({ name, reason }) => ({
			instance: name,
			owner: ROLLING_OWNER,
			reason,
			beganAtMs: snapshot.takenAtMs,
			endsAtMs: snapshot.takenAtMs,
		})),
	],
});

/** The best of them that a takeover could go to now, with whom it leaves behind; or why it could go to none. */
export const chooseSuccessor = (
	snapshot: Snapshot,
	settings: PlanSettings,
	primary: Instance,
	among: readonly Instance[],
	skipped: readonly InstanceName[] = [],
):
	| { readonly to: InstanceName; readonly leaves: readonly LeftBehind[] }
	| { readonly refusal: string } => {
	const whys: string[] = [];
	for (const each of among) {
		const leaves = leftBy(snapshot, settings, primary, each, skipped);
		const { refusal } = planTakeover({
			request: { to: each.name, auto: true },
			snapshot: withoutThem(snapshot, leaves),
			settings,
			done: [],
		});
		if (refusal === undefined) return { to: each.name, leaves };
		whys.push(`${each.name}: ${refusal}`);
	}
	return {
		refusal:
			whys.length === 0
				? "no replica of it may be made the primary"
				: whys.join("; "),
	};
};
