import { setTimeout as delay } from "node:timers/promises";
import type { Claim, PhasesOutput } from "../src/engine/contract.ts";
import type { Attempt } from "../src/engine/run-steps.ts";
import type { HookList } from "../src/operations/hook-lists.ts";
import type { CutOff } from "../src/planning/cut-off.ts";
import {
	agedSays,
	forgetfulSays,
	orphanSays,
	startsAgain,
	stoppedSays,
} from "../src/planning/cut-off-remedies.ts";
import type { OperationRequest } from "../src/planning/operation.ts";
import type { Plan, PlannedStep } from "../src/planning/plan.ts";
import { type Answer, isGood, type Step } from "../src/planning/step.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { createPhaseRunner } from "./phase-runner.ts";

/** Whether a step may be run in the go that takes the cluster; hooks that come before must have been heard before anything changes. */
const isAhead = (step: Step, before: readonly HookList[]): boolean =>
	step.do === "findCredential" ||
	(step.do === "stopReceiver" && before.length === 0);

/**
 * What a beginning does in the go that takes the cluster, numbered as an operation's steps are: in order, so that what comes later ends
 * what hangs before it. An operation's own steps come behind the activity that begins it, which is its first.
 */
export const BEGINNING_STEPS = { restore: 0, ahead: 1 } as const;

/** A failover does not wait any longer for receivers that others have stopped. Milliseconds. */
const RESTORED_WITHIN_MS = 5_000;

/** @throws what the signal says, in place of what the work made of that it was ended */
const unlessEnded = <T>(
	ended: AbortSignal | undefined,
	work: Promise<T>,
): Promise<T> =>
	work.catch((error: unknown) => {
		ended?.throwIfAborted();
		throw error;
	});

/** @returns undefined when the work was not through by then: it touches no server any more */
const bounded = async <T>(
	withinMs: number,
	ended: AbortSignal | undefined,
	work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> => {
	const late = new AbortController();
	const through = new AbortController();
	const signal =
		ended === undefined ? late.signal : AbortSignal.any([late.signal, ended]);
	const working = unlessEnded(ended, work(signal)).catch((error: unknown) => {
		if (!late.signal.aborted) throw error;
		return undefined;
	});
	try {
		return await Promise.race([
			working,
			delay(withinMs, undefined, { signal: through.signal }).catch(
				() => undefined,
			),
		]);
	} finally {
		late.abort();
		through.abort();
	}
};

/** Sessions to one server would end each other: what is to be done on it is done one after another. */
const inTurns = (steps: readonly PlannedStep[]): PlannedStep[][] => {
	const turns: PlannedStep[][] = [];
	for (const step of steps) {
		const turn = turns.find((each) => each.every(({ on }) => on !== step.on));
		if (turn === undefined) turns.push([step]);
		else turn.push(step);
	}
	return turns;
};

/** Steps that need no hop of their own: they are run in the go that takes the cluster. */
export const createWithTheClaim = (
	deps: ActivityDeps,
	restoredWithinMs = RESTORED_WITHIN_MS,
) => {
	const { store } = deps;
	const phases = createPhaseRunner(deps);

	/** By the claim itself: a beginning that is tried again has another one. */
	const attempt = (
		{ identity, epoch }: Claim,
		part: keyof typeof BEGINNING_STEPS,
		signal?: AbortSignal,
	): Attempt => ({
		...(signal === undefined ? {} : { signal }),
		guard: () => ({
			...(signal === undefined ? {} : { signal }),
			isCurrent: () =>
				store.operations.isCurrent({
					identity,
					epoch,
					step: String(BEGINNING_STEPS[part]),
					attempt: 1,
				}),
		}),
		beat: () => undefined,
	});

	/**
	 * Starts what an operation that was cut off had stopped. It is no part of what is asked for: it is done before hooks are heard, and
	 * also where that is refused. A failover stops all that runs anyway: what may be stopping is left to the operation after it.
	 * @returns what is to be said of it
	 */
	const restore = async (
		held: Claim,
		isFailover: boolean,
		{ stopped, doubted, unseen, orphaned, forgetful, aged }: CutOff,
		ended?: AbortSignal,
	): Promise<readonly string[]> => {
		const left = [
			...orphaned.map(orphanSays),
			...forgetful.map(forgetfulSays),
			...aged.map(agedSays),
		];
		const restored = isFailover ? stopped : [...stopped, ...doubted];
		const steps = startsAgain({ stopped, doubted: isFailover ? [] : doubted });
		if (steps.length === 0) return left;
		const answers = new Map<PlannedStep, Answer>();
		await bounded(restoredWithinMs, ended, async (signal) => {
			for (const turn of inTurns(steps)) {
				const ran = await phases.run(
					{
						claim: held,
						clusterAlias: "",
						phases: [{ name: "start again", steps: turn }],
						credentialFrom: [],
					},
					attempt(held, "restore", signal),
				);
				for (const [at, answer] of (ran[0]?.answers ?? []).entries()) {
					const step = turn[at];
					if (step !== undefined) answers.set(step, answer);
				}
			}
		});
		const hasStarted = (step: PlannedStep | undefined): boolean => {
			const answer = step && answers.get(step);
			return answer !== undefined && isGood(answer);
		};
		await deps.pictures.keep(held.uid, {
			...(await deps.pictures.of(held.uid)),
			unrestored: [
				...unseen,
				...(isFailover ? doubted : []),
				...restored.filter((_, at) => !hasStarted(steps[at])),
			],
		});
		const saysOf = (step: PlannedStep): string =>
			`${answers.get(step)?.says ?? `${step.on} is not known to receive again within ${restoredWithinMs / 1000} s`}: ${step.because}`;
		return [
			...steps.flatMap((step) => [
				saysOf(step),
				...(hasStarted(step) ? [] : [stoppedSays(step.on)]),
			]),
			...left,
		];
	};

	/**
	 * The first phase needs no hop of its own where doing it twice does no harm: it only reads, or it stops receivers, which the next
	 * claim takes up when this one is cut off.
	 */
	const runAhead = async (
		held: Claim,
		request: OperationRequest,
		{
			plan: { phases: planned, continues },
			before,
			isBehindOther,
		}: {
			readonly plan: Plan;
			/** Hooks that are run before it. */
			readonly before: readonly HookList[];
			/**
			 * An operation was cut off before, perhaps a try at this one: what it was about to do may still have come about after the look.
			 */
			readonly isBehindOther: boolean;
		},
		ended?: AbortSignal,
	): Promise<PhasesOutput> => {
		const [first] = planned;
		if (first === undefined || first.steps.length === 0) return [];
		if (!first.steps.every((step) => isAhead(step, before))) return [];
		return unlessEnded(
			ended,
			phases.run(
				{
					claim: held,
					clusterAlias: "",
					phases: [first],
					credentialFrom: [],
					...(planned.length === 1 && continues === true
						? { onwards: { request, done: [] } }
						: {}),
				},
				{ ...attempt(held, "ahead", ended), isAgain: isBehindOther },
			),
		);
	};

	return { restore, runAhead };
};
