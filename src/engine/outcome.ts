import type { End } from "../operations/kinds/row.ts";
import { isChoiceNote } from "../planning/choice-notes.ts";
import {
	type OperationOutcome,
	type OperationRequest,
	rowOf,
	type StepReport,
} from "../planning/operation.ts";
import type { RunResult } from "../planning/run-plan.ts";
import { isGood, MOVES } from "../planning/step.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";

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
	/** Of whom it is not known how they stand; missing in what a node of an older version has begun. */
	readonly unsettled?: readonly InstanceName[];
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

/** Also whom the plan had to leave out is somebody's to look after. */
const isComplete = ({ failed, left }: Ending): boolean =>
	failed.length === 0 && left.every((each) => each.isExpected === true);

const IS_MOVE: ReadonlySet<string> = new Set(MOVES);
const IS_UNDONE_MOVE: ReadonlySet<string> = new Set(
	MOVES.map((each) => `undo:${each}`),
);

/** Who was moved, in order, and not back. */
const movedIn = (steps: readonly StepReport[]): readonly InstanceName[] => {
	const moved = new Set<InstanceName>();
	for (const { name, on, outcome, effect } of steps) {
		if (on === "") continue;
		if (IS_MOVE.has(name) && isGood({ outcome })) moved.add(on);
		// Half of a way is none.
		else if (IS_MOVE.has(name)) moved.delete(on);
		if (IS_UNDONE_MOVE.has(name) && effect !== "unchanged") moved.delete(on);
	}
	return [...moved];
};

/** A change of primary that leaves somebody behind succeeded for the clients; a move that does has failed. */
const HAS_REACHED: Readonly<
	Record<ReturnType<typeof rowOf>["goal"], (ending: Ending) => boolean>
> = {
	"a promotion": ({ successor }) => successor !== "",
	everybody: ({ failed }) => failed.length === 0,
	anybody: ({ failed, left, steps }) =>
		failed.length + left.length === 0 || movedIn(steps).length > 0,
	"its place": ({ failed, settlesFence }) =>
		failed.length === 0 && settlesFence?.state !== "fenced",
};

const isSuccessful = (request: OperationRequest, ending: Ending): boolean =>
	ending.state === "succeeded" && HAS_REACHED[rowOf(request).goal](ending);

const endOf = (
	{ subject, replicas }: About,
	{ state, successor, loss, settlesFence, steps }: Ending,
	snapshot: Snapshot | undefined,
): End => {
	const isIn = state === "succeeded" ? successor : "";
	return {
		subject,
		replicas,
		successor: isIn,
		seen:
			isIn === "" || snapshot === undefined
				? undefined
				: findInstance(snapshot, isIn),
		loss,
		place: isIn,
		moved: movedIn(steps),
		settlesFence,
	};
};

/** The outcome of an operation. @param snapshot its picture at the end; missing when it was refused */
export const outcomeOf = (
	request: OperationRequest,
	about: About,
	ending: Ending,
	snapshot: Snapshot | undefined,
): OperationOutcome => {
	const { subject, replicas, ...where } = about;
	const outcome = {
		...where,
		successful: isSuccessful(request, ending),
		complete: isComplete(ending),
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
		warnings: ending.notes.filter((note) => !isChoiceNote(note)),
		kind: request.kind,
		...rowOf(request).outcome(request, endOf(about, ending, snapshot)),
	};
	// What the row adds is what the outcome of its kind has more, which the compiler sees for each kind but not for any.
	return outcome as unknown as OperationOutcome;
};
