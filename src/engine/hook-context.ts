import type { HookContext } from "../hooks/placeholders.ts";
import { type OperationRequest, rowOf } from "../planning/operation.ts";
import type { Plan } from "../planning/plan.ts";
import { sourceOf } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";

/** What an operation knows of it; the node adds itself and its policy. */
export type OperationHookContext = Omit<
	HookContext,
	"orchestratorHost" | "autoMasterRecovery" | "autoIntermediateMasterRecovery"
>;

/** The instance that an operation is about: that which failed, is demoted, moved or has returned. */
export const subjectIn = (
	request: OperationRequest,
	plan: Plan,
): InstanceName | "" =>
	"instance" in request
		? request.instance
		: (plan.phases.find((each) => each.changesPrimary !== undefined)
				?.changesPrimary?.from ?? "");

/** What the hooks of an operation are told before it; what came of it is added when it is known. */
export const hookContextOf = (
	request: OperationRequest,
	subject: InstanceName,
	snapshot: Snapshot,
	uid: string,
): OperationHookContext => {
	const { record } = rowOf(request);
	const analysis = record?.analysis(request) ?? "";
	return {
		failureType: analysis,
		instanceType: "master",
		isMaster: true,
		isCoMaster: findInstance(snapshot, subject)?.isCoMaster ?? false,
		failureDescription: `${analysis} on ${subject}`,
		command: record?.command(request) ?? "",
		failed: subject,
		cluster: snapshot.clusterName,
		clusterAlias: snapshot.clusterAlias,
		clusterDomain: snapshot.clusterDomain,
		replicas: snapshot.instances
			.filter((each) => sourceOf(each) === subject)
			.map((each) => each.name),
		lostReplicas: [],
		isDowntimed: snapshot.downtimes.some((each) => each.instance === subject),
		recoveryUid: uid,
		successor: "",
		successorAlias: "",
		successorCoordinates: null,
	};
};
