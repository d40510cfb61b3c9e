import { Context } from "@temporalio/activity";
import type {
	Claim,
	PhasesInput,
	PhasesOutput,
} from "../src/engine/contract.ts";
import type { Attempt } from "../src/engine/run-steps.ts";
import type { Account } from "../src/planning/plan-port.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { translated } from "./failure.ts";
import { beating } from "./heartbeat.ts";
import { createPhaseRunner } from "./phase-runner.ts";

/**
 * The steps that touch a mysqld. Each may run twice: it looks, acts only where that is still needed, looks at the effect, and
 * answers with a sentence, which is recorded. A server that cannot be reached is an answer, not an error; only a newer attempt or
 * epoch ends the operation (`Superseded`).
 */
export const createStepActivities = (deps: ActivityDeps) => {
	const phases = createPhaseRunner(deps);

	/** A newer attempt ends this one on all servers, also on those that it comes to later, or never. */
	const attempt = (
		{ identity, epoch }: Claim,
		say: (word: string) => void,
	): Attempt => {
		const context = Context.current();
		const { info, cancellationSignal } = context;
		const asked = { step: info.activityId, attempt: info.attempt };
		return {
			asked,
			guard: () => ({
				signal: cancellationSignal,
				isCurrent: () =>
					deps.store.operations.isCurrent({ identity, epoch, ...asked }),
			}),
			beat: say,
			isAgain: info.attempt > 1,
		};
	};

	return translated({
		/** Runs the steps of a phase at once. */
		runPhases: (input: PhasesInput): Promise<PhasesOutput> =>
			beating(async (say) => {
				await deps.sight.check();
				return phases.run(input, attempt(input.claim, say));
			}),

		/** Finds out about a server that may have been opened, and fences it when it cannot be asked. */
		account: (input: {
			readonly claim: Claim;
			readonly on: InstanceName;
		}): Promise<Account> =>
			beating(async (say) => {
				await deps.sight.check();
				return phases.account(input.claim, input.on, attempt(input.claim, say));
			}),
	});
};

export type StepActivities = ReturnType<typeof createStepActivities>;
