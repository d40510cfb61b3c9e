import type { InstanceName } from "../topology/instance-name.ts";
import type { Done, LeftBehind, Phase, Plan, PlannedStep } from "./plan.ts";
import { type Answer, isGood, mayOpen, type Step, stepText } from "./step.ts";

/** Where a server stands whose opening step gave no clear answer. */
export interface Account {
	/** `gone`: nothing runs there, and it is fenced for its return. `silent`: it may be open; it is fenced for when it is heard again. */
	readonly where: "open" | "closed" | "gone" | "silent";
	readonly says: string;
}

export interface RanPhase {
	readonly answers: readonly Answer[];
	/** How the operation goes on by what these steps found. */
	readonly next?: Plan;
}

/** How the interpreter reaches the rest: a workflow by activities, the break-glass command by plain calls. */
export interface PlanPort {
	/**
	 * Runs the steps at once; answers in their order.
	 * @param plan whose phase it is
	 * @param ahead what was done before, where the plan continues after this phase: it may be planned anew in the same go
	 */
	run(
		phase: Phase,
		plan: Plan,
		isUndo: boolean,
		ahead?: readonly Done[],
	): Promise<RanPhase>;
	/** Plans anew from what the steps saw. */
	replan(done: readonly Done[]): Promise<Plan>;
	/** Finds out whether a server takes writes; see {@link Account}. */
	account(on: InstanceName): Promise<Account>;
	/** Tells the store of a change of primary. Runs beside the phases that follow. */
	primaryChanged(
		change: NonNullable<Phase["changesPrimary"]>,
	): Promise<unknown>;
	/** Neither cancelled nor pre-empted. */
	shielded<T>(work: () => Promise<T>): Promise<T>;
	/** The error means that the operation shall end: it was cancelled or pre-empted. */
	isInterruption(error: unknown): boolean;
	/** A new plan is being run. */
	show(plan: Plan): void;
}

/** How an operation went. */
export interface RunResult {
	/**
	 * `succeeded`: the plan is through. `refused`: nothing was touched. `undone`: everything is as before. `stuck`: not everything
	 * could be taken back, or a server that may be open is unaccounted for; `says` tells what a person must check.
	 */
	readonly state: "succeeded" | "refused" | "undone" | "stuck";
	readonly says: string;
	/** Something on a server is not as it was before. */
	readonly changed: boolean;
	/** It was cancelled or pre-empted. */
	readonly interrupted: boolean;
	/** The last plan that was run; after an opening that which opened. */
	readonly plan: Plan;
	readonly done: readonly Done[];
	/** Whom the plan did not bring along, and {@link failed}. */
	readonly left: readonly LeftBehind[];
	/** Whom it should have brought along, or put in order, and could not. */
	readonly failed: readonly LeftBehind[];
	readonly errors: readonly string[];
}

/** After so many plans of one operation something else is wrong. */
const MOST_PLANS = 24;

/**
 * One run of an operation.
 * 1. Before a server was opened every step that may have changed something is taken back when the operation fails or is interrupted.
 * 2. Nobody is opened while a server that may be open is unaccounted for.
 * 3. After a server was opened it only goes forward: what fails then is told, and what came after it is taken back alone.
 */
class Run {
	readonly done: Done[] = [];
	readonly left: LeftBehind[] = [];
	/** Servers that are not as a primary or a replica should be, although they stand where they should. */
	readonly untidy: LeftBehind[] = [];
	readonly errors: string[] = [];
	/** How much of {@link done} there is no way back from. */
	private passedTo = 0;
	/** The plan that opened a server. */
	opened: Plan | undefined;
	/** Planned already, by what the last phase found. */
	next: Plan | undefined;
	private readonly telling: Promise<unknown>[] = [];
	private readonly port: PlanPort;

	constructor(port: PlanPort) {
		this.port = port;
	}

	/** @returns why the plan cannot go on; undefined when it is through */
	async phases(plan: Plan): Promise<Halt | undefined> {
		this.port.show(plan);
		for (const phase of plan.phases) {
			const halt =
				phase.noReturn === true
					? await this.port.shielded(() => this.phase(plan, phase))
					: await this.phase(plan, phase);
			if (halt !== undefined) return halt;
		}
		return undefined;
	}

	private async phase(plan: Plan, phase: Phase): Promise<Halt | undefined> {
		const { answers, next } = await this.answersTo(plan, phase);
		await this.tidyAgain(plan, phase, answers);
		const unaccounted = await this.accountForAll(phase, answers);
		for (const [at, step] of phase.steps.entries())
			this.record(phase, step, answers[at] ?? NO_ANSWER);
		if (unaccounted !== undefined)
			return { next: "stuck", says: unaccounted.says };
		const failures = phase.steps.filter(
			(_, at) => !isGood(answers[at] ?? NO_ANSWER),
		);
		const opening = phase.steps.find(mayOpen);
		const hasOpened = opening !== undefined && !failures.includes(opening);
		if (phase.noReturn === true && hasOpened) {
			this.passedTo = this.done.length;
			this.opened = plan;
		}
		const isThrough =
			failures.length === 0 ||
			phase.onFailure === "goOn" ||
			(phase.noReturn === true && hasOpened);
		if (!isThrough)
			return {
				next: phase.onFailure === "replan" ? "replan" : "undo",
				says: this.whyOf(phase, failures, answers),
			};
		this.leave(phase, failures, answers);
		if (phase.changesPrimary !== undefined) this.tell(phase.changesPrimary);
		// What was planned before an unclear opening was looked into is out of date.
		this.next = phase.steps.some(mayOpen) ? undefined : next;
		return undefined;
	}

	/**
	 * No later operation finds out that a primary still names a source, or that a replica still waits for acknowledgements: what failed
	 * of that is tried once more, since the session may just have been lost.
	 */
	private async tidyAgain(
		plan: Plan,
		phase: Phase,
		answers: Answer[],
	): Promise<void> {
		if (phase.onFailure !== "goOn") return;
		const places = [...phase.steps.keys()].filter(
			(at) => isTidying(phase.steps[at]) && answers[at]?.outcome === "failed",
		);
		if (places.length === 0) return;
		const steps = phase.steps.filter((_, at) => places.includes(at));
		const ran = await this.port.run({ ...phase, steps }, plan, false);
		for (const [nth, at] of places.entries())
			answers[at] = ran.answers[nth] ?? NO_ANSWER;
	}

	/** An interrupted phase counts as one of which nobody knows what it did. */
	private async answersTo(
		plan: Plan,
		phase: Phase,
	): Promise<{ answers: Answer[]; next: Plan | undefined }> {
		const isLast = phase === plan.phases.at(-1) && plan.continues === true;
		try {
			const ran = await this.port.run(
				phase,
				plan,
				false,
				isLast ? this.done : undefined,
			);
			return { answers: [...ran.answers], next: ran.next };
		} catch (error) {
			for (const step of phase.steps)
				this.done.push({ phase: phase.name, step, answer: CUT_OFF });
			throw error;
		}
	}

	/** Replaces the answers of openings that may or may not have come about. @returns a server that may be open and says nothing */
	private async accountForAll(
		phase: Phase,
		answers: Answer[],
	): Promise<Account | undefined> {
		let silent: Account | undefined;
		for (const [at, step] of phase.steps.entries()) {
			const answer = answers[at];
			if (
				answer === undefined ||
				!mayOpen(step) ||
				isGood(answer) ||
				answer.effect === "unchanged"
			)
				continue;
			const account = await this.port.account(step.on);
			answers[at] = settled(answer, account);
			if (account.where === "silent") silent = account;
		}
		return silent;
	}

	private record(phase: Phase, step: Step, answer: Answer): void {
		this.done.push({ phase: phase.name, step, answer });
		if (!isGood(answer)) this.errors.push(`${stepText(step)}: ${answer.says}`);
	}

	private whyOf(
		phase: Phase,
		failures: readonly PlannedStep[],
		answers: readonly Answer[],
	): string {
		return failures
			.map((step) => answers[phase.steps.indexOf(step)]?.says ?? "")
			.join("; ");
	}

	/** What a phase that went on could not bring along. */
	private leave(
		phase: Phase,
		failures: readonly PlannedStep[],
		answers: readonly Answer[],
	): void {
		for (const step of failures) {
			const reason = answers[phase.steps.indexOf(step)]?.says ?? "";
			if (step.do === "moveBelow") this.left.push({ name: step.on, reason });
			if (isTidying(step)) this.untidy.push({ name: step.on, reason });
		}
	}

	private tell(change: NonNullable<Phase["changesPrimary"]>): void {
		const telling = this.port.primaryChanged(change).catch((error: unknown) => {
			this.errors.push(
				`the change of primary to ${change.to} could not be told: ${error instanceof Error ? error.message : String(error)}`,
			);
		});
		this.telling.push(telling);
	}

	/** What was told beside the phases is through. */
	async settle(): Promise<void> {
		await Promise.all(this.telling);
	}

	/** Takes back what was done since the last opening, last things first. @returns what could not be taken back, and what may be open */
	async takeBack(plan: Plan): Promise<string[]> {
		const open: string[] = [];
		const since = this.done.slice(this.passedTo);
		for (const group of groupsOf(since).reverse()) {
			const steps = group.flatMap(({ step, answer }) => {
				const { undo } = step as PlannedStep;
				return undo === undefined || answer.effect === "unchanged"
					? []
					: [{ ...undo, because: `takes back: ${stepText(step)}` }];
			});
			if (steps.length === 0) continue;
			const phase: Phase = {
				name: `undo: ${group[0]?.phase ?? ""}`,
				steps,
				onFailure: "goOn",
			};
			const ran = await this.port.run(phase, plan, true);
			const answers = [...ran.answers];
			await this.accountForAll(phase, answers);
			for (const [at, step] of steps.entries()) {
				const answer = answers[at] ?? NO_ANSWER;
				this.done.push({ phase: phase.name, step, answer, isUndo: true });
				if (!isGood(answer)) open.push(`${stepText(step)}: ${answer.says}`);
			}
		}
		this.errors.push(...open);
		return open;
	}

	/** Something may be other than before the operation. */
	get hasTouched(): boolean {
		return this.done.some(({ answer }) => answer.effect !== "unchanged");
	}
}

interface Halt {
	readonly next: "undo" | "replan" | "stuck";
	readonly says: string;
}

const TIDYING: ReadonlySet<Step["do"]> = new Set([
	"forgetSource",
	"endSemiSync",
	"startReceiver",
	"startReplication",
]);

const isTidying = (step: Step | undefined): boolean =>
	step !== undefined && TIDYING.has(step.do);

const NO_ANSWER: Answer = {
	outcome: "failed",
	effect: "unknown",
	reached: "",
	says: "no answer",
};

const CUT_OFF: Answer = {
	...NO_ANSWER,
	says: "cut off: the operation was ended meanwhile",
};

const settled = (answer: Answer, account: Account): Answer => {
	const says = `${answer.says}; ${account.says}`;
	switch (account.where) {
		case "open":
			return { ...answer, outcome: "done", effect: "changed", says };
		case "closed":
		case "gone":
			return { ...answer, outcome: "failed", effect: "changed", says };
		case "silent":
			return { ...answer, outcome: "failed", effect: "unknown", says };
	}
};

/** Steps that ran at once. */
const groupsOf = (done: readonly Done[]): Done[][] => {
	const groups: Done[][] = [];
	for (const each of done) {
		const last = groups.at(-1);
		if (each.isUndo === true) continue;
		if (last?.[0]?.phase === each.phase) last.push(each);
		else groups.push([each]);
	}
	return groups;
};

const joined = (...parts: readonly string[]): string =>
	parts.filter((each) => each !== "").join("; ");

/** Runs a plan to its end, or takes it back. Never leaves a server open that it does not tell of. */
export const runPlan = async (
	port: PlanPort,
	first: Plan,
): Promise<RunResult> => {
	const run = new Run(port);
	let plan = first;
	try {
		for (let count = 0; count < MOST_PLANS; count++) {
			if (plan.refusal !== undefined)
				return await giveUp(run, port, plan, plan.refusal);
			const halt = await run.phases(plan);
			if (halt?.next === "stuck") return await stuck(run, plan, halt.says);
			if (halt?.next === "undo")
				return await giveUp(run, port, plan, halt.says);
			if (halt === undefined && plan.continues !== true)
				return await succeeded(run, plan);
			plan =
				halt === undefined && run.next !== undefined
					? run.next
					: await planAnew(run, port);
			run.next = undefined;
		}
		return await giveUp(run, port, plan, `gave up after ${MOST_PLANS} plans`);
	} catch (error) {
		if (!port.isInterruption(error)) throw error;
		return port.shielded(async () => ({
			...(await giveUp(
				run,
				port,
				plan,
				"it was ended before its point of no return",
			)),
			interrupted: true,
		}));
	}
};

/** After an opening a new plan is part of going forward. */
const planAnew = (run: Run, port: PlanPort): Promise<Plan> =>
	run.opened === undefined
		? port.replan(run.done)
		: port.shielded(() => port.replan(run.done));

const resultOf = (
	run: Run,
	plan: Plan,
	rest: Pick<RunResult, "state" | "says" | "changed">,
): RunResult => ({
	interrupted: false,
	plan,
	done: run.done,
	left: leftOf(run, plan),
	failed: [...run.left, ...run.untidy],
	errors: run.errors,
	...rest,
});

const leftOf = (run: Run, plan: Plan): LeftBehind[] => {
	const byName = new Map<InstanceName, LeftBehind>();
	for (const each of [...plan.left, ...run.left])
		if (!byName.has(each.name)) byName.set(each.name, each);
	return [...byName.values()];
};

const named = (what: string, servers: readonly LeftBehind[]): string =>
	servers.length === 0
		? ""
		: `${what}: ${servers.map((each) => `${each.name} (${each.reason})`).join(", ")}`;

const leftSays = (run: Run): string =>
	joined(
		named("left behind", run.left),
		named("to be put in order", run.untidy),
	);

const succeeded = async (run: Run, plan: Plan): Promise<RunResult> => {
	await run.settle();
	return resultOf(run, plan, {
		state: "succeeded",
		says: joined(plan.says, leftSays(run)),
		changed: run.hasTouched,
	});
};

const stuck = async (
	run: Run,
	plan: Plan,
	says: string,
): Promise<RunResult> => {
	await run.settle();
	return resultOf(run, run.opened ?? plan, {
		state: "stuck",
		says,
		changed: true,
	});
};

const giveUp = async (
	run: Run,
	port: PlanPort,
	plan: Plan,
	why: string,
): Promise<RunResult> => {
	const open = await port.shielded(() => run.takeBack(plan));
	await run.settle();
	const { opened } = run;
	const left = open.length === 0 ? "" : `not taken back: ${open.join("; ")}`;
	if (opened !== undefined)
		return resultOf(run, opened, {
			state: "succeeded",
			says: joined(opened.says, leftSays(run), why, left),
			changed: true,
		});
	const touched = run.hasTouched;
	return resultOf(run, plan, {
		state: left !== "" ? "stuck" : touched ? "undone" : "refused",
		says: joined(touched ? `undone: ${why}` : why, left),
		changed: left !== "",
	});
};
