import { setCurrentDetails } from "@temporalio/workflow";
import type { OperationPort } from "../src/engine/run-operation.ts";
import { planText } from "../src/planning/plan-text.ts";
import {
	doneLine,
	operationDetails,
	runningLines,
} from "./operation-details.ts";

/**
 * An operation as a person sees it in the Temporal UI: the plan, what of it is done, and what runs.
 * @param alias of its cluster; empty where it has none, or is not known yet
 */
export const createCheckList = (alias: () => string): OperationPort["show"] => {
	let title = "";
	let planned = "";
	let running: string[] = [];
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
		plan: (plan) => {
			title = plan.title;
			planned = planText(plan);
			show();
		},
		begin: (phases) => {
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
	};
};
