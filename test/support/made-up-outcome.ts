import type {
	OperationOutcome,
	OperationRequest,
	OutcomeOf,
	PrimaryChanged,
} from "../../src/planning/operation.ts";

/** What a test may say of an operation of any kind. */
export type Answer = Partial<
	Omit<PrimaryChanged, "kind"> & Omit<OutcomeOf<"relocation">, "kind">
>;

/** An operation that was asked for like that and has succeeded, but for what the test says. */
export const madeUpOutcome = (
	request: OperationRequest,
	more: Answer,
): OperationOutcome => {
	const ended = {
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
	};
	switch (request.kind) {
		case "relocation":
			return { ...ended, ...request, ...more };
		case "rejoin":
			return { ...ended, state: "", ...request, ...more };
		default:
			return {
				...ended,
				analysis: "DeadMaster",
				failed: "",
				successor: "",
				successorCoordinates: { file: "", position: 0 },
				successorAlias: "",
				replicas: [],
				loss: "",
				...more,
				kind: request.kind,
			};
	}
};
