import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { createClaimActivities } from "../activities/claim-activities.ts";
import type { ActivityDeps } from "../activities/dependencies.ts";
import { createHookRuns } from "../activities/hook-activities.ts";
import { createPhaseRunner } from "../activities/phase-runner.ts";
import { createRecordActivities } from "../activities/record-activities.ts";
import { BEGINNING_STEPS } from "../activities/with-the-claim.ts";
import type { Begun, Claim, Concluded } from "../src/engine/contract.ts";
import {
	type OperationPort,
	runOperation,
} from "../src/engine/run-operation.ts";
import type { Attempt } from "../src/engine/run-steps.ts";
import { BatonError, errors, errorText } from "../src/errors.ts";
import type {
	OperationOutcome,
	OperationRequest,
	Operator,
} from "../src/planning/operation.ts";
import type { Plan } from "../src/planning/plan.ts";
import { planText } from "../src/planning/plan-text.ts";
import { checkedRequest } from "../src/planning/request-schema.ts";
import { stepText } from "../src/planning/step.ts";

/** What is shown of an operation while it runs. */
interface Saying {
	info(text: string): void;
	warning(text: string): void;
}

const isNever = (): boolean => false;

/** Who holds the cluster while no Temporal does. */
const WORKFLOW_ID = "break-glass";

/** There is no Temporal that would try again. */
const MOST_TRIES = 5;
const TRIED_AGAIN_MS = 500;

/** What is written of an operation that has changed servers is tried for two seconds when the store is away for a moment. */
const persistently = async <T>(write: () => Promise<T>): Promise<T> => {
	for (let tries = 1; ; tries++)
		try {
			return await write();
		} catch (error) {
			const mayPass = error instanceof BatonError && error.kind.retryable;
			if (!mayPass || tries === MOST_TRIES) throw error;
			await delay(TRIED_AGAIN_MS);
		}
};

/**
 * Runs operations in this very process, without Temporal, under the store's epoch: for when Temporal is away and a person cannot wait.
 * Whatever held the cluster before is superseded: none of its steps writes any more. What this process dies in stays as it is; the
 * operation asked for again goes on from there.
 */
export const createBreakGlass = (
	deps: ActivityDeps,
	identityFor: (request: OperationRequest) => Promise<string>,
	log: Saying,
): Operator => {
	const claims = createClaimActivities(deps);
	const phases = createPhaseRunner(deps);
	const records = createRecordActivities(deps);
	const runHooks = createHookRuns(deps);

	/** Each go has a number of its own, and ends what hangs of those before it. */
	let step: number = BEGINNING_STEPS.ahead;
	const attempt = (claim: Claim): Attempt => {
		step += 1;
		const asked = { step: String(step), attempt: 1 };
		return {
			guard: () => ({
				isCurrent: () =>
					deps.store.operations.isCurrent({
						identity: claim.identity,
						epoch: claim.epoch,
						...asked,
					}),
			}),
			beat: (says) => log.info(says),
		};
	};

	let shown: Plan | undefined;
	/** Once, a line at a time: who runs the operation and who interprets its plan both show it. */
	const sayPlan = (plan: Plan): void => {
		if (plan === shown) return;
		shown = plan;
		for (const line of planText(plan).split("\n")) log.info(line);
	};

	const portOf = (
		identity: string,
		request: OperationRequest,
		runId: string,
	): OperationPort => ({
		begin: () =>
			claims.begin({ identity, request, workflowId: WORKFLOW_ID, runId }),
		openRecovery: ({ claim }, context) =>
			records.openRecovery({ claim, context, detectionId: 0 }),
		hooks: async ({ claim }, context, list) => {
			const startedAtMs = deps.nowMs();
			const ran = await runHooks({ uid: claim.uid, list, context });
			return {
				name: list,
				on: "",
				outcome: ran.succeeded ? "done" : "failed",
				effect: "unchanged",
				reached: "",
				says: ran.says,
				startedAtMs,
				endedAtMs: deps.nowMs(),
			};
		},
		runPhases: (input) => phases.run(input, attempt(input.claim)),
		replan: ({ claim }, done) => claims.replan({ claim, request, done }),
		account: ({ claim }, on) => phases.account(claim, on, attempt(claim)),
		primaryChanged: ({ claim, clusterAlias }, change) =>
			persistently(() =>
				records.primaryChanged({ claim, clusterAlias, change }),
			),
		conclude: (conclusion) => persistently(() => records.conclude(conclusion)),
		goOn: () => undefined,
		shielded: (work) => work(),
		isInterruption: isNever,
		errorText,
		show: {
			plan: sayPlan,
			begin: (begun) => {
				for (const step of begun.flatMap(({ steps }) => steps))
					log.info(`${stepText(step)} …`);
			},
			done: ({ name, on, says }) => log.info(`${name} ${on}: ${says}`),
			end: (says) => log.info(says),
		},
	});

	const afterwards = async ({
		afterwards: after,
	}: Concluded): Promise<void> => {
		for (const list of after?.lists ?? []) {
			if (after === undefined) return;
			const ran = await runHooks({
				uid: after.uid,
				list,
				context: after.context,
			});
			if (!ran.succeeded) log.warning(`${list}: ${ran.says}`);
		}
	};

	const run = async (asked: OperationRequest): Promise<OperationOutcome> => {
		const request = checkedRequest(asked);
		const identity = await identityFor(request);
		const runId = randomUUID();
		let begun: Begun | undefined;
		try {
			const concluded = await runOperation(
				portOf(identity, request, runId),
				request,
				(each) => {
					begun = each;
				},
			);
			await afterwards(concluded);
			return concluded.outcome;
		} catch (error) {
			await records.release({
				identity,
				runId,
				uid: begun?.claim.uid ?? "",
				says: errorText(error),
			});
			throw error;
		}
	};

	return {
		// What comes back is of the kind that was asked for: it ran that request.
		run: run as Operator["run"],
		start: () => Promise.reject(errors.needsWait()),
		pageOf: () => "",
		isReachable: async () => false,
	};
};
