import {
	isCancellation,
	ParentClosePolicy,
	startChild,
} from "@temporalio/workflow";
import type { Afterwards } from "../src/engine/contract.ts";
import type { OperationHookContext } from "../src/engine/hook-context.ts";
import type { HookList } from "../src/operations/hook-lists.ts";
import type { StepReport } from "../src/planning/operation.ts";
import { asSummary } from "../temporal/markdown.ts";
import { hooksWorkflowId, QUEUES } from "../temporal/names.ts";
import { hooks } from "./activities.ts";
import { textOf } from "./failures.ts";
import { checkInput, isList, isObject, isText } from "./inputs.ts";

/** Runs a list of hooks. A hook that was cut off has failed; only a cancellation of the operation itself is thrown. */
export const runHooks = async (input: {
	readonly uid: string;
	readonly list: HookList;
	readonly context: OperationHookContext;
}): Promise<StepReport> => {
	const startedAtMs = Date.now();
	const reported = (
		outcome: StepReport["outcome"],
		says: string,
	): StepReport => ({
		name: input.list,
		on: "",
		outcome,
		effect: "unchanged",
		reached: "",
		says,
		startedAtMs,
		endedAtMs: Date.now(),
	});
	try {
		const ran = await hooks.runHooks.executeWithOptions(
			{ summary: asSummary(input.list) },
			[input],
		);
		return reported(ran.succeeded ? "done" : "failed", ran.says);
	} catch (error) {
		if (isCancellation(error)) throw error;
		return reported("failed", `the hooks were cut off: ${textOf(error)}`);
	}
};

/** The hooks that come after an operation, which holds its cluster no longer: they may take as long as they will. */
export const afterwards = async (
	input: Afterwards,
): Promise<readonly string[]> => {
	checkInput("afterwards", input, {
		uid: isText,
		lists: isList(isText),
		context: isObject,
	});
	const { uid, lists, context } = input;
	const failed: string[] = [];
	for (const list of lists) {
		const report = await runHooks({ uid, list, context });
		if (report.outcome !== "done") failed.push(`${list}: ${report.says}`);
	}
	return failed;
};

/** Starts {@link afterwards}, which outlives whoever starts it. @returns nothing where no hook is to be run */
export const startAfterwards = async (
	identity: string,
	after: Afterwards | undefined,
) =>
	after === undefined
		? undefined
		: startChild<typeof afterwards>("afterwards", {
				workflowId: hooksWorkflowId(identity, after.uid),
				taskQueue: QUEUES.operate,
				parentClosePolicy: ParentClosePolicy.ABANDON,
				staticSummary: asSummary(after.lists.join(", ")),
				args: [after],
			});
