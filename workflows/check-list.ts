import { setCurrentDetails } from "@temporalio/workflow";
import type { OperationPort } from "../src/engine/run-operation.ts";
import { planText } from "../src/planning/plan-text.ts";
import {
	doneLine,
	operationDetails,
	runningLines,
} from "./operation-details.ts";

/** An operation as it is shown. */
export interface CheckList {
	readonly show: OperationPort["show"];
	/** It is at its point of no return, or past it. */
	isPastReturn(): boolean;
	/** Somebody has asked for its end, which changes nothing any more. */
	notCancelled(): void;
}

/**
 * An operation as a person sees it in the Temporal UI: the plan, what of it is done, and what runs.
 * @param alias of its cluster; empty where it has none, or is not known yet
 */
export const createCheckList = (alias: () => string): CheckList => {
	let title = "";
	let planned = "";
	let running: string[] = [];
	let isPast = false;
	const lines: string[] = [];
	const details = (): string =>
		operationDetails({
			alias: alias(),
			title,
			planned,
			lines: [...lines, ...running],
		});
	const show = (): void => setCurrentDetails(details());
	return {
		isPastReturn: () => isPast,
		notCancelled: () => {
			lines.push(NOT_CANCELLED);
			show();
		},
		show: {
			plan: (plan) => {
				title = plan.title;
				planned = planText(plan);
				show();
			},
			begin: (phases) => {
				isPast ||= phases.some(({ noReturn }) => noReturn === true);
				running = phases.flatMap(runningLines);
				show();
			},
			done: (report) => {
				running = [];
				lines.push(doneLine(report));
				show();
			},
			end: (says) => {
				running = [];
				title = says;
				show();
			},
		},
	};
};

const NOT_CANCELLED =
	"- it was to be cancelled: it is at its point of no return, or past it, and goes on to its end";
