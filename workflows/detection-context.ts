import type { Weighed } from "../activities/weighing.ts";
import type { Finding } from "../src/analysis/finding.ts";
import type { OperationHookContext } from "../src/engine/hook-context.ts";

/** What the hooks of a detection are told: nothing was done yet. */
export const detectionContext = (
	finding: Finding,
	weighed: Weighed,
): OperationHookContext => ({
	failureType: finding.code,
	instanceType: finding.role.instanceType,
	isMaster: finding.role.isPrimary,
	isCoMaster: finding.role.isCoPrimary,
	failureDescription: finding.says,
	command: "",
	failed: finding.instance,
	cluster: weighed.clusterName,
	clusterAlias: weighed.clusterAlias,
	clusterDomain: weighed.clusterDomain,
	replicas: finding.replicas,
	lostReplicas: [],
	isDowntimed: finding.isDowntimed,
	recoveryUid: "",
	successor: "",
	successorAlias: "",
	successorCoordinates: null,
});
