import type { HookContext } from "../hooks/placeholders.ts";
import { replicasIn } from "../planning/members.ts";
import { isReplica } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";

/** What the hook of a server that is taken out is told: in the words of other hooks the server is the failed one. */
export const rollingHookContext = (
	snapshot: Snapshot,
	server: InstanceName,
	{
		description,
		hostname,
	}: { readonly description: string; readonly hostname: string },
): HookContext => {
	const replicas = replicasIn(snapshot, server).map(({ name }) => name);
	const instance = findInstance(snapshot, server);
	const isPrimary = instance !== undefined && !isReplica(instance);
	return {
		failureType: "RollingMaintenance",
		instanceType: isPrimary
			? "master"
			: replicas.length === 0
				? "replica"
				: "intermediate-master",
		isMaster: isPrimary,
		isCoMaster: instance?.isCoMaster ?? false,
		failureDescription: description,
		command: "rolling-maintenance",
		failed: server,
		cluster: snapshot.clusterName,
		clusterAlias: snapshot.clusterAlias,
		clusterDomain: snapshot.clusterDomain,
		replicas,
		lostReplicas: [],
		isDowntimed: true,
		autoMasterRecovery: false,
		autoIntermediateMasterRecovery: false,
		orchestratorHost: hostname,
		recoveryUid: "",
		successor: "",
		successorAlias: "",
		successorCoordinates: null,
	};
};
