import { isReplica } from "../topology/instance.ts";
import { setReadOnly } from "./read-only.ts";
import { answer, type Seen } from "./seen.ts";
import { enableSemiSync, type SemiSyncPolicy } from "./semi-sync-switches.ts";
import type { StepSession } from "./step-session.ts";

/**
 * Makes a caught-up replica writable and lets it forget its source. Receiver stopped and everything applied are
 * preconditions, checked here again. The server is writable before its channel is removed: clients wait for the former only.
 */
export const promote = async (
	step: StepSession,
	policy: SemiSyncPolicy,
): Promise<Seen> => {
	const before = await step.look();
	if (!isReplica(before) && !before.readOnly)
		return answer("already", `${step.server} is a writable primary`, before);
	if (before.replication.receiver > 0)
		return answer(
			"refused",
			`the receiver of ${step.server} runs again: it must be stopped before the promotion`,
			before,
		);
	if (isReplica(before)) await step.write(step.dialect.stopReplica, 30_000);
	await enableSemiSync(step, policy);
	await setReadOnly(step, false, 10_000);
	if (isReplica(before)) await step.write(step.dialect.resetReplicaAll, 30_000);
	const after = await step.look();
	return !after.readOnly && !isReplica(after)
		? answer(
				"done",
				`${step.server} is writable and replicates from nobody`,
				after,
			)
		: answer(
				"failed",
				`${step.server} is still ${after.readOnly ? "read-only" : "a replica"}`,
				after,
			);
};
