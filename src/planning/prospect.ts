import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { planFailover } from "./failover-plan.ts";
import { foresee } from "./foresee.ts";
import { caughtUp } from "./holdings.ts";
import { failedIn, replicasIn } from "./members.ts";
import type { Plan, PlanSettings } from "./plan.ts";

const asDead = (instance: Instance): Instance => ({
	...instance,
	check: {
		...instance.check,
		outcome: "lost",
		checkedAtMs: Math.max(
			instance.check.checkedAtMs,
			instance.check.seenAtMs + 1,
		),
		error: "supposed to be dead",
	},
});

/** What the primary has, its replicas have by the time that anybody notices its death. */
const supposed = (snapshot: Snapshot, failed: InstanceName): Snapshot => {
	const primary = failedIn(snapshot, failed);
	const replicas = new Map(
		caughtUp(primary, replicasIn(snapshot, failed)).map((each) => [
			each.name,
			each,
		]),
	);
	return {
		...snapshot,
		instances: snapshot.instances.map((each) =>
			each.name === failed ? asDead(each) : (replicas.get(each.name) ?? each),
		),
	};
};

/** The failover that would be made if the primary died now, as far as it can be foreseen. */
export const supposedFailover = (
	snapshot: Snapshot,
	failed: InstanceName,
	settings: PlanSettings,
	candidate?: InstanceName,
): Plan =>
	foresee(planFailover, {
		request: {
			instance: failed,
			analysis: "DeadMaster",
			stands: true,
			standsSays: "supposed",
			byCommand: false,
			acceptsLoss: false,
			...(candidate === undefined ? {} : { candidate }),
		},
		snapshot: supposed(snapshot, failed),
		settings,
		done: [],
	});

export interface FailoverProspect {
	/** Who would be promoted; undefined for nobody. */
	readonly successor: InstanceName | undefined;
	/** Why nobody could be promoted; empty where somebody could. */
	readonly refusal: string;
}

/** Would a failover of this primary promote somebody, and if not, why. */
export const prospectOf = (
	snapshot: Snapshot,
	failed: InstanceName,
	settings: PlanSettings,
): FailoverProspect => {
	const { refusal, successor } = supposedFailover(snapshot, failed, settings);
	return refusal === undefined && successor !== undefined
		? { successor, refusal: "" }
		: { successor: undefined, refusal: refusal ?? "nobody is left" };
};
