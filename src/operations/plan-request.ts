import { analyse } from "../analysis/analysis.ts";
import type { AnalysisSettings } from "../analysis/facts.ts";
import { withSilence } from "../analysis/silence.ts";
import { planFailover } from "../planning/failover-plan.ts";
import {
	isForced,
	type OperationRequest,
	type RequestOf,
} from "../planning/operation.ts";
import type { Plan, Situation } from "../planning/plan.ts";
import { planRejoin } from "../planning/rejoin-plan.ts";
import { planRelocation } from "../planning/relocation-plan.ts";
import { planTakeover } from "../planning/takeover-plan.ts";
import type { Snapshot } from "../topology/snapshot.ts";

/** A situation of any kind of operation. */
export type AnySituation = Situation<OperationRequest> & {
	readonly analysis: AnalysisSettings;
};

/** Silence that only the watcher can date is carried over as long as it lasts. */
const dated = (
	snapshot: Snapshot,
	{ silence = {} }: RequestOf<"recovery">,
): Snapshot => ({
	...snapshot,
	instances: snapshot.instances.map((each) =>
		withSilence(each, silence, snapshot.takenAtMs),
	),
});

const failoverOf = (
	situation: AnySituation,
	request: RequestOf<"recovery">,
): Plan => {
	const { command } = request;
	const snapshot = dated(situation.snapshot, request);
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
			acceptsLoss: command === "force-master-failover",
		},
	});
};

/** The plan of an operation as its request asks for it: the same for the workflow, `explain` and the break-glass command. */
export const planRequest = (situation: AnySituation): Plan => {
	const { request } = situation;
	switch (request.kind) {
		case "recovery":
			return failoverOf(situation, request);
		case "takeover":
			return planTakeover({
				...situation,
				request: {
					auto: request.auto === true,
					...(request.to === undefined ? {} : { to: request.to }),
				},
			});
		case "relocation":
			return planRelocation({ ...situation, request });
		case "rejoin":
			return planRejoin({ ...situation, request });
	}
};
