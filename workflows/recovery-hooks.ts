import type { RecoveryInput } from "../src/planning/operation.ts";
import { failedIn, replicasIn } from "../src/planning/recovery-plan.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import type { Operation } from "./operation.ts";

/** What the hooks are told; successor and losses are added when they are known. */
export const hookContext = (
	operation: Operation,
	snapshot: Snapshot,
	input: Pick<RecoveryInput, "instance" | "analysis" | "command">,
) => {
	const { uid, clusterName, clusterAlias, clusterDomain } = operation.claimed;
	const failed = failedIn(snapshot, input.instance);
	return {
		failureType: input.analysis,
		instanceType: "master",
		isMaster: true,
		isCoMaster: failed.isCoMaster,
		failureDescription: `${input.analysis} on ${input.instance}`,
		command: input.command ?? "",
		failed: input.instance,
		cluster: clusterName,
		clusterAlias,
		clusterDomain,
		replicas: replicasIn(snapshot, input.instance).map((each) => each.name),
		lostReplicas: [] as readonly InstanceName[],
		isDowntimed: snapshot.downtimes.some(
			(each) => each.instance === input.instance,
		),
		recoveryUid: uid,
		successor: "" as InstanceName | "",
		successorAlias: "",
		successorCoordinates: null,
	};
};

/** The post lists of a recovery or takeover, by whether somebody was promoted (recovery.md §4.1). */
export const postHooks = async (
	operation: Operation,
	context: ReturnType<typeof hookContext>,
	successor: InstanceName | "",
	lostReplicas: readonly InstanceName[],
): Promise<void> => {
	const told = { ...context, successor, lostReplicas };
	if (successor === "") {
		await operation.hooks("PostUnsuccessfulFailoverProcesses", told);
		return;
	}
	await operation.hooks("PostMasterFailoverProcesses", told);
	await operation.hooks("PostFailoverProcesses", told);
};
