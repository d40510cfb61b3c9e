import type { InstanceName } from "../topology/instance-name.ts";
import type { Done, Phase, Plan } from "./plan.ts";
import type { Answer } from "./step.ts";

/** Where a server stands whose opening step gave no clear answer. */
export interface Account {
	/** `gone`: nothing runs there, and it is fenced for its return. `silent`: it may be open; it is fenced for when it is heard again. */
	readonly where: "open" | "closed" | "gone" | "silent";
	readonly says: string;
}

/** What came of a phase. */
export interface RanPhase {
	readonly answers: readonly Answer[];
	/** How the operation goes on by what these steps found. */
	readonly next?: Plan;
	/** Its change of primary was told right behind it. */
	readonly isTold?: true;
}

/** How the interpreter reaches the rest: a workflow by activities, the break-glass command by plain calls. */
export interface PlanPort {
	/**
	 * Runs phases one after another, each with its steps at once; answers in their order. Those behind one that did not come through
	 * whole are not run, and those behind one that took long may be left for another go.
	 * @param plan whose phases they are
	 * @param ahead what was done before, where the plan continues after these phases: it may be planned anew in the same go
	 * @returns what came of those that were run: of the first at least
	 */
	run(
		phases: readonly Phase[],
		plan: Plan,
		isUndo: boolean,
		ahead?: readonly Done[],
	): Promise<readonly RanPhase[]>;
	/** Plans anew from what the steps saw. */
	replan(done: readonly Done[]): Promise<Plan>;
	/** Finds out whether a server takes writes; see {@link Account}. */
	account(on: InstanceName): Promise<Account>;
	/** Tells the store of a change of primary. Runs beside the phases that follow. */
	primaryChanged(
		change: NonNullable<Phase["changesPrimary"]>,
	): Promise<unknown>;
	/** @throws an interruption when the operation was cancelled or pre-empted: work that was not cut off by that came to its end */
	goOn(): void;
	/** Neither cancelled nor pre-empted. */
	shielded<T>(work: () => Promise<T>): Promise<T>;
	/** The error means that the operation shall end: it was cancelled or pre-empted. */
	isInterruption(error: unknown): boolean;
	/** A new plan is being run. */
	show(plan: Plan): void;
}
