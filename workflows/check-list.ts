import { setCurrentDetails } from "@temporalio/workflow";
import type { OperationPort } from "../src/engine/run-operation.ts";
import type { StepReport } from "../src/planning/operation.ts";
import { planText } from "../src/planning/plan-text.ts";
import { isGood, stepText } from "../src/planning/step.ts";

const lineOf = (report: StepReport): string =>
	`- [${isGood(report) ? "x" : "!"}] **${report.name}** ${report.on}: ${report.says} (${report.endedAtMs - report.startedAtMs} ms)`;

/**
 * An operation as a person sees it in the Temporal UI: the plan, what of it is done, and what runs.
 * @param alias of its cluster; empty where it has none, or is not known yet
 */
export const createCheckList = (alias: () => string): OperationPort["show"] => {
	let title = "";
	let planned = "";
	let running: string[] = [];
	const lines: string[] = [];
	const show = (): void =>
		setCurrentDetails(
			[
				`${alias() === "" ? "" : `${alias()}: `}**${title}**`,
				"",
				...lines,
				...running,
				"",
				"```",
				planned,
				"```",
			].join("\n"),
		);
	return {
		plan: (plan) => {
			title = plan.title;
			planned = planText(plan);
			show();
		},
		begin: (phases) => {
			running = phases
				.flatMap(({ steps }) => steps)
				.map((step) => `- [ ] **${stepText(step)}** …`);
			show();
		},
		done: (report) => {
			running = [];
			lines.push(lineOf(report));
			show();
		},
		end: (says) => {
			running = [];
			title = says;
			show();
		},
	};
};
