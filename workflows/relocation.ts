import type {
	OperationOutcome,
	RelocationInput,
} from "../src/planning/operation.ts";
import { failedIn } from "../src/planning/recovery-plan.ts";
import { planRelocation } from "../src/planning/relocation-plan.ts";
import { received } from "../src/topology/gtid/gtid.ts";
import { isGood } from "./failover.ts";
import { type Owned, runOperation } from "./run-operation.ts";

/** One replica below another server, by GTID. When it does not replicate there it is put back. */
export const relocation = (
	input: RelocationInput & Owned,
): Promise<OperationOutcome> =>
	runOperation(
		"relocation",
		input,
		{ kind: "relocation", ...input },
		async (operation) => {
			const snapshot = await operation.begin(input.preempt);
			const plan = planRelocation(snapshot, input, operation.claimed.promotion);
			const common = { failed: input.instance, replicas: [input.instance] };
			if (plan.refusal !== "")
				return operation.conclude({
					...common,
					successful: false,
					attempted: false,
					says: plan.refusal,
				});
			operation.says(`**relocate** ${plan.instance} below ${plan.below}`);
			// The new source must have what the replica has, or the replica would be refused or run ahead of it.
			const ready = await operation.step(
				"applyReceived",
				plan.below,
				{ also: received(failedIn(snapshot, plan.instance)) },
				"awaitSource",
			);
			if (!isGood(ready))
				return operation.conclude({
					...common,
					successful: false,
					says: ready.says,
				});
			const moved = await operation.step("repoint", plan.instance, {
				source: plan.below,
			});
			if (isGood(moved))
				return operation.conclude({
					...common,
					successful: true,
					successor: plan.below,
					says: moved.says,
				});
			const back =
				plan.from === ""
					? undefined
					: await operation.step(
							"repoint",
							plan.instance,
							{ source: plan.from },
							"moveBack",
						);
			return operation.conclude({
				...common,
				successful: false,
				says: `${moved.says}${back === undefined ? "" : `; ${isGood(back) ? `put back below ${plan.from}` : `and not put back: ${back.says}`}`}`,
			});
		},
	);
