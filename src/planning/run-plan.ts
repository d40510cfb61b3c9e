import { keptNow, leftBehind, standingNow, stillStopped } from "./accounted.ts";
import type { Done, LeftBehind, Plan } from "./plan.ts";
import type { PlanPort, RanPhase } from "./plan-port.ts";
import { RunningPlan } from "./running-plan.ts";

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
	/** What the plans that opened a server and the last one had to say, and what steps had to tell; each once. */
	readonly notes: readonly string[];
	readonly errors: readonly string[];
}

/** After so many plans of one operation something else is wrong. */
const MOST_PLANS = 24;

const joined = (...parts: readonly string[]): string =>
	parts.filter((each) => each !== "").join("; ");

/**
 * Runs a plan to its end, or takes it back. Never leaves a server open that it does not tell of.
 * @param ahead what came of the first phases, where those were run already
 */
export const runPlan = async (
	port: PlanPort,
	first: Plan,
	ahead: readonly RanPhase[] = [],
): Promise<RunResult> => {
	const run = new RunningPlan(port, ahead);
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
				"it was cancelled, or something more urgent came first, before its point of no return",
			)),
			interrupted: true,
		}));
	}
};

/** After an opening a new plan is part of going forward. */
const planAnew = (run: RunningPlan, port: PlanPort): Promise<Plan> =>
	run.opened === undefined
		? port.replan(run.record.done)
		: port.shielded(() => port.replan(run.record.done));

const resultOf = (
	run: RunningPlan,
	plan: Plan,
	rest: Pick<RunResult, "state" | "says" | "changed">,
): RunResult => {
	run.record.heed(plan);
	return {
		interrupted: false,
		plan,
		done: run.record.done,
		left: leftBehind(plan, run.record.done),
		notes: [...run.record.notes],
		failed: [...run.record.left, ...run.record.untidy],
		errors: run.record.errors,
		...rest,
	};
};

const named = (what: string, servers: readonly LeftBehind[]): string =>
	servers.length === 0
		? ""
		: `${what}: ${servers.map((each) => `${each.name} (${each.reason})`).join(", ")}`;

const leftSays = (run: RunningPlan): string =>
	joined(
		named("left behind", run.record.left),
		named("to be put in order", run.record.untidy),
	);

const succeeded = async (run: RunningPlan, plan: Plan): Promise<RunResult> => {
	await run.settle();
	return resultOf(run, plan, {
		state: "succeeded",
		says: joined(plan.says, ...run.record.told, leftSays(run)),
		changed: run.record.hasTouched,
	});
};

const stuck = async (
	run: RunningPlan,
	plan: Plan,
	says: string,
): Promise<RunResult> => {
	await run.settle();
	const result = resultOf(run, run.opened ?? plan, {
		state: "stuck",
		says,
		changed: true,
	});
	return {
		...result,
		left: [...result.left, ...stillStopped(run.record.done)],
	};
};

const giveUp = async (
	run: RunningPlan,
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
			says: joined(opened.says, ...run.record.told, leftSays(run), why, left),
			changed: true,
		});
	if (!run.record.hasTouched)
		return resultOf(run, plan, { state: "refused", says: why, changed: false });
	const isUndone = left === "" && !run.hasKept;
	return resultOf(run, plan, {
		state: isUndone ? "undone" : "stuck",
		says: isUndone
			? `undone: ${why}`
			: joined(
					why,
					left,
					...keptNow(run.record.done, why),
					...standingNow(run.record.done),
				),
		changed: !isUndone,
	});
};
