import type { HookContext } from "../hooks/placeholders.ts";
import type { OperationRequest } from "../planning/operation.ts";
import type { Plan } from "../planning/plan.ts";
import { sourceOf } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";

/** What an operation knows of it; the node adds itself and its policy. */
export type OperationHookContext = Omit<
	HookContext,
	"orchestratorHost" | "autoMasterRecovery" | "autoIntermediateMasterRecovery"
>;

const TAKEOVER_ANALYSIS = "DeadMaster";

/** The instance that an operation is about: that which failed, is demoted, moved or has returned. */
export const subjectIn = (
	request: OperationRequest,
	plan: Plan,
): InstanceName | "" =>
	request.kind === "takeover"
		? (plan.phases.find((each) => each.changesPrimary !== undefined)
				?.changesPrimary?.from ?? "")
		: request.instance;

/** The code that the records give an operation (a takeover goes by DeadMaster). */
export const analysisOf = (request: OperationRequest): string => {
	if (request.kind === "recovery") return request.analysis;
	return request.kind === "takeover" ? TAKEOVER_ANALYSIS : "";
};

const commandOf = (request: OperationRequest): string => {
	if (request.kind === "recovery") return request.command ?? "";
	return request.kind === "takeover" ? "graceful-master-takeover" : "";
};

/** What the hooks of an operation are told before it; what came of it is added when it is known. */
export const hookContextOf = (
	request: OperationRequest,
	subject: InstanceName,
	snapshot: Snapshot,
	uid: string,
): OperationHookContext => {
	const analysis = analysisOf(request);
	return {
		failureType: analysis,
		instanceType: "master",
		isMaster: true,
		isCoMaster: findInstance(snapshot, subject)?.isCoMaster ?? false,
		failureDescription: `${analysis} on ${subject}`,
		command: commandOf(request),
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
