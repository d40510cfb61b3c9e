import {
	type OperationOutcome,
	type OperationRequest,
	type OutcomeOf,
	type PrimaryChanged,
	rowOf,
} from "../../src/planning/operation.ts";

/** What a test may say of an operation of any kind. */
export type Answer = Partial<
	Omit<PrimaryChanged, "kind"> &
		Omit<OutcomeOf<"relocation">, "kind"> &
		Pick<OutcomeOf<"moves">, "moved">
>;

/** An operation that was asked for like that and has succeeded, but for what the test says. */
export const madeUpOutcome = (
	request: OperationRequest,
	more: Answer,
): OperationOutcome => {
	const outcome = {
		uid: "",
		identity: request.cluster ?? "",
		clusterName: "",
		clusterAlias: "",
		workflowId: `${request.kind}/sample`,
		runId: "run",
		successful: true,
		complete: true,
		attempted: true,
		changed: true,
		says: "done",
		participating: [],
		left: [],
		steps: [],
		errors: [],
		kind: request.kind,
		...rowOf(request).outcome(request, {
			subject: "",
			replicas: [],
			successor: "",
			seen: undefined,
			loss: "",
			place: "",
			moved: [],
		}),
		...more,
	};
	return outcome as unknown as OperationOutcome;
};
