import { setCurrentDetails } from "@temporalio/workflow";
import type { StepReport } from "../src/planning/operation.ts";
import type { Phase, Plan } from "../src/planning/plan.ts";
import { planText } from "../src/planning/plan-text.ts";
import { stepText } from "../src/planning/step.ts";

const mark = ({ outcome }: StepReport): string =>
	outcome === "failed" || outcome === "refused" ? "!" : "x";

/** An operation as a person sees it in the Temporal UI: the plan, what of it is done, and what runs. */
export class CheckList {
	private title = "";
	private planned = "";
	private readonly lines: string[] = [];
	private running: string[] = [];

	plan(plan: Plan): void {
		this.title = plan.title;
		this.planned = planText(plan);
		this.show();
	}

	begin(phase: Phase): void {
		this.running = phase.steps.map((step) => `- [ ] **${stepText(step)}** …`);
		this.show();
	}

	done(report: StepReport): void {
		this.running = [];
		this.lines.push(
			`- [${mark(report)}] **${report.name}** ${report.on}: ${report.says} (${report.endedAtMs - report.startedAtMs} ms)`,
		);
		this.show();
	}

	end(says: string): void {
		this.running = [];
		this.title = says;
		this.show();
	}

	private show(): void {
		setCurrentDetails(
			[
				`**${this.title}**`,
				"",
				...this.lines,
				...this.running,
				"",
				"```",
				this.planned,
				"```",
			].join("\n"),
		);
	}
}
