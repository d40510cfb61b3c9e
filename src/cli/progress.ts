import { outlineOf, type PlanOutline } from "../planning/plan-text.ts";

const WIDTH = 20;
/** As steps are told: `moveBelow: …`. Hooks begin with a capital letter, and sentences have blanks. */
const STEP = /^[a-z]\w*: /;
const PLAN = "plan: ";
/** Told of what the plan does not have. */
const BESIDE = /^account: /;

const NOTHING: PlanOutline = { title: "", phases: [] };

/** How far an operation is, by what its record tells of it. */
export class Progress {
	private readonly sinceMs: number;
	private outline = NOTHING;
	/** Before the plan that is run now. */
	private before = 0;
	private done = 0;

	constructor(sinceMs: number) {
		this.sinceMs = sinceMs;
	}

	/** @param message of a step, whole */
	heard(message: string): void {
		if (message.startsWith(PLAN)) {
			this.before += this.done;
			this.done = 0;
			this.outline = outlineOf(message.slice(PLAN.length));
		} else if (STEP.test(message) && !BESIDE.test(message)) this.done += 1;
	}

	/** What is done now. */
	private now(): string {
		const { title, phases } = this.outline;
		let left = this.done;
		for (const { name, steps } of phases) {
			const step = steps[left];
			if (step !== undefined)
				return steps.length === 1 ? step : `${name}: ${step}`;
			left -= steps.length;
		}
		return title;
	}

	text(nowMs: number): string {
		const seconds = `${Math.floor((nowMs - this.sinceMs) / 1000)} s`;
		const planned = this.outline.phases.flatMap(({ steps }) => steps).length;
		if (planned === 0) return `[${" ".repeat(WIDTH)}] ${seconds}`;
		const of = this.before + planned;
		// What is undone is told as well.
		const done = Math.min(this.before + this.done, of);
		const filled = Math.floor((done / of) * WIDTH);
		const bar = `${"#".repeat(filled)}${" ".repeat(WIDTH - filled)}`;
		return `[${bar}] ${done}/${of} ${seconds}  ${this.now()}`;
	}
}
