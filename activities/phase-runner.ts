import type {
	Claim,
	PhasesInput,
	PhasesOutput,
} from "../src/engine/contract.ts";
import { doneInOneGo, runInOneGo } from "../src/engine/one-go.ts";
import type { Attempt, RanStep } from "../src/engine/run-steps.ts";
import { errors, errorText } from "../src/errors.ts";
import { whereItStands } from "../src/mysql/steps/find-out.ts";
import type { Phase } from "../src/planning/plan.ts";
import type { Account } from "../src/planning/plan-port.ts";
import { isGood, type Step } from "../src/planning/step.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { findInstance, markIn } from "../src/topology/snapshot.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { createPlanRecord } from "./plan-record.ts";
import { createPlanning } from "./planning.ts";
import { createPrimaryChange } from "./primary-change.ts";

/** How long a server that may have been opened is asked, milliseconds: a crashed one is known at once, a hung one never. */
const ACCOUNT_MS = 4_000;

/** Runs phases and records what their steps said, whoever interprets the plan. */
export const createPhaseRunner = (deps: ActivityDeps) => {
	const plan = createPlanning(deps);
	const recordPlan = createPlanRecord(deps);
	const tellChange = createPrimaryChange(deps);

	const record = async (
		claim: Claim,
		steps: readonly Step[],
		answers: readonly RanStep[],
	): Promise<void> => {
		for (const [at, step] of steps.entries()) {
			const answer = answers[at];
			if (answer === undefined) continue;
			const { outcome, effect, tells = [] } = answer;
			const says = [answer.says, ...tells].join("; ");
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

	/** @throws BatonError Superseded when somebody has taken the cluster since */
	const fence = async (
		claim: Claim,
		on: InstanceName,
		isGone: boolean,
	): Promise<void> => {
		const server = markIn(await deps.pictures.find(claim.uid), on);
		const isPut = await deps.store.underEpoch(claim, ({ fences }) =>
			fences.put({
				instance: on,
				identity: claim.identity,
				successor: "",
				sinceMs: deps.nowMs(),
				epoch: claim.epoch,
				state: isGone ? "waiting" : "unaccounted",
				note: `operation ${claim.uid} may have made it writable`,
				server,
			}),
		);
		if (!isPut) throw errors.superseded({ server: on });
	};

	/**
	 * It was told to wait for acknowledgements before it should have been opened. As the replica that it has stayed it would wait for
	 * them at whatever it applies.
	 */
	const endWaiting = async (
		claim: Claim,
		on: InstanceName,
		attempt: Attempt,
	): Promise<string> => {
		const before = findInstance(await deps.pictures.of(claim.uid), on);
		if (before?.semiSync.available !== true || before.semiSync.sourceEnabled)
			return "";
		const steps = [{ do: "endSemiSync", on }] as const;
		const answers = await deps.runSteps(claim.uid, steps, attempt);
		await record(claim, steps, answers);
		return answers
			.filter((each) => !isGood(each))
			.map(({ says }) => `, but may still wait for acknowledgements: ${says}`)
			.join("");
	};

	const answersOf = async (
		{ claim, credentialFrom }: PhasesInput,
		steps: readonly Step[],
		attempt: Attempt,
	): Promise<readonly RanStep[]> => {
		const answers = await deps.runSteps(
			claim.uid,
			steps,
			attempt,
			credentialFrom,
		);
		await record(claim, steps, answers);
		return answers;
	};

	/** @returns whether it could be: else the operation tells it again */
	const told = async (
		{ claim, clusterAlias }: PhasesInput,
		change: NonNullable<Phase["changesPrimary"]>,
		{ asked }: Attempt,
	): Promise<boolean> => {
		try {
			await tellChange({ claim, clusterAlias, change, asked });
			return true;
		} catch (error) {
			deps.log.warn(
				{ uid: claim.uid },
				`that ${change.to} is the primary could not be told at once: ${errorText(error)}`,
			);
			return false;
		}
	};

	/** With the plan by which the operation goes on, where these phases were all of the one before it. */
	const goneOn = async (
		input: PhasesInput,
		ran: PhasesOutput,
	): Promise<PhasesOutput> => {
		const { claim, onwards } = input;
		const done = doneInOneGo(input, ran);
		if (onwards === undefined || done === undefined) return ran;
		const picture = await deps.pictures.of(claim.uid);
		const next = plan(onwards.request, picture, [...onwards.done, ...done]);
		await recordPlan(claim.uid, next);
		return ran.map((each, nth) =>
			nth === ran.length - 1 ? { ...each, next } : each,
		);
	};

	return {
		run: async (input: PhasesInput, attempt: Attempt): Promise<PhasesOutput> =>
			goneOn(
				input,
				await runInOneGo(
					input.phases,
					({ steps }) => answersOf(input, steps, attempt),
					(change) => told(input, change, attempt),
				),
			),

		/** Finds out about a server that may have been opened, and fences it when it cannot be asked. */
		account: async (
			claim: Claim,
			on: InstanceName,
			attempt: Attempt,
		): Promise<Account> => {
			const where = await whereItStands(
				deps.servers,
				on,
				attempt.guard(on),
				ACCOUNT_MS,
				deps.nowMs,
			);
			if (where === "gone" || where === "silent")
				await fence(claim, on, where === "gone");
			const told =
				where === "closed" ? await endWaiting(claim, on, attempt) : "";
			const says = `${SAYS[where](on)}${told}`;
			await deps.store.recoveries.addStep(
				claim.uid,
				`account: ${says}`,
				deps.nowMs(),
			);
			return { where, says };
		},
	};
};

const SAYS: Readonly<Record<Account["where"], (on: InstanceName) => string>> = {
	open: (on) => `${on} is writable`,
	closed: (on) => `${on} is read-only`,
	gone: (on) =>
		`nothing runs at ${on} any more; it is fenced, and made read-only when it returns`,
	silent: (on) =>
		`${on} may be writable and does not answer: nobody else is made writable beside it. Check ${on}: end it, or make it read-only, then use force-master-failover`,
};
