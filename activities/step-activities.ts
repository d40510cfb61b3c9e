import { Context } from "@temporalio/activity";
import type { Attempt, RanStep } from "../src/engine/run-steps.ts";
import { whereItStands } from "../src/mysql/steps/find-out.ts";
import type { Account } from "../src/planning/run-plan.ts";
import type { Step } from "../src/planning/step.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { Claim } from "./claim-activities.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { translated } from "./failure.ts";
import { beating } from "./heartbeat.ts";

/** How long a server that may have been opened is asked, milliseconds: a crashed one is known at once, a hung one never. */
const ACCOUNT_MS = 4_000;

/**
 * The steps that touch a mysqld. Each may run twice: it looks, acts only where that is still needed, looks at the effect, and
 * answers with a sentence, which is recorded. A server that cannot be reached is an answer, not an error; only a newer attempt or
 * epoch ends the operation (`Superseded`).
 */
export const createStepActivities = (deps: ActivityDeps) => {
	/** Steps of one phase act on different servers: with the activity's id, a server names one step (operations.md §2). */
	const attempt = (claim: Claim): Attempt => {
		const { info, cancellationSignal, heartbeat } = Context.current();
		return {
			guard: (on) => ({
				signal: cancellationSignal,
				isCurrent: () =>
					deps.store.operations.isCurrent({
						identity: claim.identity,
						epoch: claim.epoch,
						step: `${info.activityId}@${on}`,
						attempt: info.attempt,
					}),
			}),
			beat: heartbeat,
		};
	};

	const record = async (
		claim: Claim,
		steps: readonly Step[],
		answers: readonly RanStep[],
	): Promise<void> => {
		for (const [at, step] of steps.entries()) {
			const answer = answers[at];
			if (answer === undefined) continue;
			const { outcome, effect, says } = answer;
			deps.log.info(
				{ uid: claim.uid, step: step.do, on: step.on, outcome, effect },
				says,
			);
			await deps.store.recoveries.addStep(
				claim.uid,
				`${step.do}: ${says}`,
				answer.endedAtMs,
			);
		}
	};

	const fence = (claim: Claim, on: InstanceName, isGone: boolean) =>
		deps.store.fences.put({
			instance: on,
			identity: claim.identity,
			successor: "",
			sinceMs: deps.nowMs(),
			state: isGone ? "waiting" : "unaccounted",
			note: `operation ${claim.uid} may have made it writable`,
		});

	return translated({
		/** Runs the steps of a phase at once. */
		runPhase: (input: {
			readonly claim: Claim;
			readonly steps: readonly Step[];
			/** Where the replication account is found, should this process not have it. */
			readonly credentialFrom: readonly InstanceName[];
		}): Promise<readonly RanStep[]> =>
			beating(async () => {
				const { claim, steps } = input;
				const answers = await deps.runSteps(
					claim.uid,
					steps,
					attempt(claim),
					input.credentialFrom,
				);
				await record(claim, steps, answers);
				return answers;
			}),

		/** Finds out about a server that may have been opened, and fences it when it cannot be asked. */
		account: (input: {
			readonly claim: Claim;
			readonly on: InstanceName;
		}): Promise<Account> =>
			beating(async () => {
				const { claim, on } = input;
				const where = await whereItStands(
					deps.servers,
					on,
					ACCOUNT_MS,
					deps.nowMs,
				);
				if (where === "gone" || where === "silent")
					await fence(claim, on, where === "gone");
				const says = SAYS[where](on);
				await deps.store.recoveries.addStep(
					claim.uid,
					`account: ${says}`,
					deps.nowMs(),
				);
				return { where, says };
			}),
	});
};

const SAYS: Readonly<Record<Account["where"], (on: InstanceName) => string>> = {
	open: (on) => `${on} is writable`,
	closed: (on) => `${on} is read-only`,
	gone: (on) =>
		`nothing runs at ${on} any more; it is fenced, and made read-only when it returns`,
	silent: (on) =>
		`${on} may be writable and does not answer: nobody else is made writable beside it. Check ${on}: end it, or make it read-only, then use force-master-failover`,
};

export type StepActivities = ReturnType<typeof createStepActivities>;
