import type {
	OperationOutcome,
	RejoinInput,
} from "../src/planning/operation.ts";
import { extraOf } from "../src/topology/gtid/errant.ts";
import { isLastCheckValid, isReplica } from "../src/topology/instance.ts";
import { operations } from "./activities.ts";
import { isGood } from "./failover.ts";
import type { Operation } from "./operation.ts";
import { type Owned, runOperation } from "./run-operation.ts";

/**
 * A former primary is back. First it is made read-only, then it is compared: with transactions that the cluster lacks it is
 * held back for a person (reliability.md trap 5, P6); without any it becomes a replica again.
 */
export const rejoin = (input: RejoinInput & Owned): Promise<OperationOutcome> =>
	runOperation(
		"rejoin",
		input,
		{ kind: "rejoin", ...input },
		async (operation) => {
			const snapshot = await operation.begin(input.preempt);
			operation.says(`**rejoin** ${input.instance}: it is back`);
			if (snapshot.clusterName === input.instance) {
				await settle(input, "removed", "");
				return end(
					operation,
					input,
					true,
					`${input.instance} is the primary of the cluster again, by somebody's decision: it is left as it is`,
				);
			}
			const fenced = await operation.step("demote", input.instance, {});
			if (!isGood(fenced)) return end(operation, input, false, fenced.says);
			const primary = snapshot.instances.find(
				(each) =>
					each.name === snapshot.clusterName &&
					isLastCheckValid(each) &&
					!isReplica(each),
			);
			if (primary === undefined || primary.name === input.instance)
				return end(
					operation,
					input,
					false,
					`${input.instance} is read-only; the primary ${snapshot.clusterName} cannot be seen, so it is not compared yet`,
				);
			const extra = extraOf(fenced.instance, primary);
			if (extra !== "") {
				const note = `held back, read-only: it has transactions that ${primary.name} lacks: ${extra.slice(0, 1000)}`;
				await settle(input, "fenced", note);
				return end(operation, input, true, `${input.instance} is ${note}`);
			}
			const helper = snapshot.instances.find(
				(each) => isReplica(each) && isLastCheckValid(each),
			);
			const joined = await operation.step("repoint", input.instance, {
				source: primary.name,
				...(helper === undefined ? {} : { credentialOf: helper.name }),
			});
			if (!isGood(joined)) {
				await settle(
					input,
					"fenced",
					`read-only, but not replicating: ${joined.says}`,
				);
				return end(operation, input, false, joined.says);
			}
			await settle(input, "rejoined", joined.says);
			return end(
				operation,
				input,
				true,
				`${input.instance} had nothing that ${primary.name} lacks and replicates from it now`,
			);
		},
	);

const settle = (
	input: RejoinInput,
	state: "fenced" | "rejoined" | "removed",
	note: string,
): Promise<void> =>
	operations.settleFence.executeWithOptions({ summary: `record ${state}` }, [
		{ instance: input.instance, state, note },
	]);

const end = (
	operation: Operation,
	input: RejoinInput,
	successful: boolean,
	says: string,
): Promise<OperationOutcome> =>
	operation.conclude(
		{ successful, says, failed: input.instance },
		{ recovery: false },
	);
