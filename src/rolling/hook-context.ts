import type { HookContext } from "../hooks/placeholders.ts";
import { isReplica } from "../topology/instance.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import type { RollingTurn } from "./status.ts";

/** What the hook of a server that is taken out is told: in the words of other hooks the server is the failed one. Its replicas are those that it had before they were moved away. */
export const rollingHookContext = (
	snapshot: Snapshot,
	{ server, replicas }: Pick<RollingTurn, "server" | "replicas">,
	{
		description,
		hostname,
	}: { readonly description: string; readonly hostname: string },
): HookContext => {
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
