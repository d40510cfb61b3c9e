import type { StepReport } from "../src/planning/operation.ts";
import type { Phase } from "../src/planning/plan.ts";
import { isGood, stepText } from "../src/planning/step.ts";
import { blockInMarkdown, inMarkdown } from "../temporal/markdown.ts";

/** A line of the check-list: what was done. */
export const doneLine = (report: StepReport): string =>
	`- [${isGood(report) ? "x" : "!"}] **${inMarkdown(report.name)}** ${inMarkdown(report.on)}: ${inMarkdown(report.says)} (${report.endedAtMs - report.startedAtMs} ms)`;

/** What of a phase runs now, a line a step. */
export const runningLines = ({ steps }: Pick<Phase, "steps">): string[] =>
	steps.map((step) => `- [ ] **${inMarkdown(stepText(step))}** …`);

/** Markdown for the Temporal UI, in which nothing that came from outside is Markdown. */
export const operationDetails = ({
	alias,
	title,
	planned,
	lines,
}: {
	/** Of its cluster; empty where it has none, or is not known yet. */
	readonly alias: string;
	readonly title: string;
	/** The plan, as plain text. */
	readonly planned: string;
	/** Of {@link doneLine} and {@link runningLines}. */
	readonly lines: readonly string[];
}): string =>
	[
		`${alias === "" ? "" : `${inMarkdown(alias)}: `}**${inMarkdown(title)}**`,
		"",
		...lines,
		"",
		blockInMarkdown(planned),
	].join("\n");
