import { setTimeout as delay } from "node:timers/promises";
import {
	type Client,
	WorkflowExecutionAlreadyStartedError,
} from "@temporalio/client";
import type { createWeighing } from "../activities/weighing.ts";
import type {
	AnalysisChange,
	Finding,
	Started,
} from "../src/analysis/finding.ts";
import type { Configuration } from "../src/config/keys.ts";
import { errorText } from "../src/errors.ts";
import {
	callsForFailover,
	recoveryRequest,
} from "../src/operations/recovery-request.ts";
import { operationWorkflowId } from "../temporal/names.ts";
import {
	startOperation,
	TOLD_AFTER_MS,
} from "../temporal/straight-operation.ts";

/** A store that takes longer to say whether anything speaks against it holds up nothing: the entity weighs it then. Milliseconds. */
const WEIGHED_WITHIN_MS = 250;

/** A Temporal that does not answer by then is left to the telling of the finding, which is tried again. Milliseconds. */
const STARTED_WITHIN_MS = 2_000;

const paused = (ms: number): Promise<undefined> =>
	delay(ms, undefined, { ref: false });

interface StraightStartDeps {
	readonly client: Client;
	readonly weigh: ReturnType<typeof createWeighing>;
	/** An operation holds the cluster: what is found meanwhile may well be what it does. */
	readonly isHeld: (identity: string) => Promise<boolean>;
	readonly config: () => Pick<Configuration, "OnFailureDetectionProcesses">;
	readonly log: { warn(text: string): void };
}

/**
 * The failover of a primary that has just been declared dead is started by the node that watched it die, and its first task is worked
 * off at once by that node: two hops through the server less while clients wait. The cluster's one operation id and the claim in the
 * store see to it that there is one failover, as they do for those that the entity starts. Whatever is not plain (a hook to be
 * heard first, an operation that runs, a store or a Temporal that is slow) is left to the entity.
 * @returns the change as it is to be told to the entity
 */
export const createStraightStart = (
	deps: StraightStartDeps,
	pause: (ms: number) => Promise<unknown> = paused,
) => {
	const isPlain = (finding: Finding): boolean =>
		callsForFailover(finding) &&
		deps.config().OnFailureDetectionProcesses.length === 0;

	const weigh = async (identity: string, finding: Finding) =>
		(await deps.isHeld(identity))
			? undefined
			: deps.weigh({ identity, finding });

	const start = async (
		identity: string,
		finding: Finding,
	): Promise<Started | undefined> => {
		const weighed = await Promise.race([
			weigh(identity, finding),
			paused(WEIGHED_WITHIN_MS),
		]);
		if (weighed?.act !== true) return undefined;
		const request = recoveryRequest(identity, finding, weighed.detectionId);
		const runId = await deps.client.withDeadline(
			Date.now() + STARTED_WITHIN_MS,
			() =>
				startOperation(deps.client, {
					identity,
					alias: weighed.clusterAlias,
					request,
				}),
		);
		return { runId, request, says: weighed.says };
	};

	/** Without what the operation was for, when it is over by now: it is found again if it still stands. */
	const asOfNow = async (
		identity: string,
		change: AnalysisChange,
		{ instance }: Finding,
	): Promise<AnalysisChange> => {
		const isHeld = await Promise.race([
			// A store that cannot say: the operation may well run still.
			deps.isHeld(identity).catch(() => true),
			delay(WEIGHED_WITHIN_MS, true, { ref: false }),
		]);
		return isHeld
			? change
			: {
					findings: change.findings.filter(
						(each) => each.instance !== instance,
					),
				};
	};

	return async (
		identity: string,
		change: AnalysisChange,
	): Promise<AnalysisChange> => {
		const finding = change.findings.find(isPlain);
		if (finding === undefined) return change;
		try {
			const started = await start(identity, finding);
			if (started === undefined) return change;
			await pause(TOLD_AFTER_MS);
			return { ...(await asOfNow(identity, change, finding)), started };
		} catch (error) {
			const says =
				error instanceof WorkflowExecutionAlreadyStartedError
					? `${operationWorkflowId(identity)} runs already, and does not hold the cluster yet or any more`
					: errorText(error);
			deps.log.warn(
				`the failover of ${identity} is left to its entity: ${says}`,
			);
			return change;
		}
	};
};
