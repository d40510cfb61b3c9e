import { analyse } from "../analysis/analysis.ts";
import type { AnalysisSettings } from "../analysis/facts.ts";
import { withSilence } from "../analysis/silence.ts";
import { planFailover } from "../planning/failover-plan.ts";
import { isForced, type RequestOf } from "../planning/operation.ts";
import type { Plan, Situation } from "../planning/plan.ts";
import {
	type BuiltRecovery,
	builtRecoveryOf,
} from "../policy/recovery-table.ts";
import type { Snapshot } from "../topology/snapshot.ts";

type RecoverySituation = Situation<RequestOf<"recovery">> & {
	readonly analysis: AnalysisSettings;
};

/** Silence that only the watcher can date is carried over as long as it lasts. */
const dated = ({
	snapshot,
	request: { silence = {} },
}: RecoverySituation): Snapshot => ({
	...snapshot,
	instances: snapshot.instances.map((each) =>
		withSilence(each, silence, snapshot.takenAtMs),
	),
});

const planOfPrimary = (situation: RecoverySituation): Plan => {
	const { request } = situation;
	const snapshot = dated(situation);
	const hasBegun = situation.done.length > 0;
	const entry = hasBegun
		? undefined
		: analyse(snapshot, situation.analysis).find(
				(each) => each.instance === request.instance,
			);
	return planFailover({
		...situation,
		snapshot,
		request: {
			instance: request.instance,
			analysis: request.analysis,
			...(request.candidate === undefined
				? {}
				: { candidate: request.candidate }),
			stands: hasBegun || (entry?.recovery === "primary" && entry.isActionable),
			standsSays:
				entry === undefined
					? `${request.instance} is not in the cluster`
					: [entry.says, entry.notActionableBecause]
							.filter((each) => each !== "")
							.join("; "),
			byCommand: isForced(request),
			acceptsLoss: request.command === "force-master-failover",
		},
	});
};

/** A recovery that the recovery table has built is planned here. */
const PLANNERS: {
	readonly [Kind in BuiltRecovery]: (situation: RecoverySituation) => Plan;
} = { primary: planOfPrimary };

/** The plan of a recovery, by what has failed. */
export const planRecovery = (situation: RecoverySituation): Plan =>
	PLANNERS[builtRecoveryOf(situation.request.analysis)](situation);
