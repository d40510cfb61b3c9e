import type {
	OperationOutcome,
	OperationRequest,
	StepReport,
} from "../planning/operation.ts";
import type { RunResult } from "../planning/run-plan.ts";
import { NO_COORDINATES } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { analysisOf } from "./hook-context.ts";

/** How an operation ended, as far as a workflow knows it: without the plan's phases, and nothing large. */
export interface Ending
	extends Pick<
		RunResult,
		"state" | "says" | "changed" | "left" | "notes" | "errors"
	> {
	/** Whom it should have brought along and could not. */
	readonly failed: RunResult["failed"];
	readonly loss: string;
	readonly successor: InstanceName | "";
	readonly settlesFence?: RunResult["plan"]["settlesFence"];
	readonly steps: readonly StepReport[];
}

export interface About {
	readonly uid: string;
	readonly identity: string;
	readonly clusterName: string;
	readonly clusterAlias: string;
	readonly workflowId: string;
	readonly runId: string;
	readonly subject: InstanceName | "";
	readonly replicas: readonly InstanceName[];
}

/** A change of primary that leaves somebody behind succeeded for the clients; a move that does has failed. */
const isSuccessful = (request: OperationRequest, ending: Ending): boolean => {
	if (ending.state !== "succeeded") return false;
	return request.kind === "recovery"
		? ending.successor !== ""
		: ending.failed.length === 0;
};

/** The outcome of an operation. @param snapshot its picture at the end; missing when it was refused */
export const outcomeOf = (
	request: OperationRequest,
	about: About,
	ending: Ending,
	snapshot: Snapshot | undefined,
): OperationOutcome => {
	const { subject, replicas, ...where } = about;
	const ended = {
		...where,
		successful: isSuccessful(request, ending),
		complete: ending.failed.length === 0,
		attempted: ending.state !== "refused",
		changed: ending.changed,
		says: ending.says,
		participating: [
			...new Set(
				ending.steps
					.map((each) => each.on)
					.filter((on): on is InstanceName => on !== ""),
			),
		],
		left: ending.left,
		steps: ending.steps,
		errors: ending.errors,
	};
	switch (request.kind) {
		case "recovery":
		case "takeover": {
			const { successor } = ending;
			const isIn = ending.state === "succeeded" ? successor : "";
			const next =
				isIn === "" || snapshot === undefined
					? undefined
					: findInstance(snapshot, isIn);
			return {
				...ended,
				kind: request.kind,
				analysis: analysisOf(request),
				failed: subject,
				successor: isIn,
				successorCoordinates: next?.selfCoordinates ?? NO_COORDINATES,
				successorAlias: next?.instanceAlias ?? "",
				replicas,
				loss: ending.loss,
			};
		}
		case "relocation":
			return {
				...ended,
				kind: "relocation",
				instance: request.instance,
				below: request.below,
			};
		case "rejoin":
			return {
				...ended,
				kind: "rejoin",
				instance: request.instance,
				state: ending.settlesFence?.state ?? "",
			};
	}
};
