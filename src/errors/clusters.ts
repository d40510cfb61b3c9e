import { error } from "./template.ts";

/** Which cluster is meant, and who its primary is. */
export const CLUSTERS = {
	clusterNotGiven: error(
		"BadInput",
		"cannot deduce cluster: give -alias or -i",
	),
	clusterNotSelected: error(
		"UnknownCluster",
		"no cluster is selected; give -alias or -i",
	),
	clusterNotSelectedOf: error(
		"UnknownCluster",
		"no cluster is selected, and <count> are known; give -alias or -i",
	),
	clusterNotDetermined: error(
		"UnknownCluster",
		"unable to determine cluster name. clusterHint=<hint>; clusters-alias lists the known clusters",
	),
	unknownCluster: error(
		"UnknownCluster",
		'no cluster is known as "<cluster>"; clusters-alias lists those that are',
	),
	noClusterKnown: error(
		"UnknownCluster",
		'no cluster is known as "<cluster>"; none is known at all',
	),
	unknownAlias: error(
		"UnknownCluster",
		"No cluster found for alias <alias>; clusters-alias lists the known ones",
	),
	noPrimary: error(
		"UnknownCluster",
		'no primary found for cluster "<cluster>"; topology shows what is known of it',
	),
	noMaster: error(
		"UnknownInstance",
		"No master found for cluster <cluster>; see topology/<cluster> for what is known of it",
	),
	primaryNotDeduced: error(
		"Refused",
		"Cannot deduce cluster master for <cluster>. Found <count> potential masters, where one is needed: see the topology for who replicates from whom",
	),
	writableNotDeduced: error(
		"Refused",
		"Cannot deduce cluster master for <cluster>. Found <count> potential masters that take writes, where one is needed: see the topology for who is writable",
	),
	noWritablePrimary: error(
		"Refused",
		"cluster <cluster> has no writable primary; clear read_only on the one that shall take the writes",
	),
	severalWritablePrimaries: error(
		"Refused",
		"cluster <cluster> has <count> writable primaries: <primaries>; set read_only on all but one",
	),
	noDomain: error(
		"Refused",
		"cluster <cluster> has no domain; DetectClusterDomainQuery gives it one",
	),
	noWriterOfDomain: error(
		"Refused",
		"no writer is stored for domain <domain> of cluster <cluster>; set-heuristic-domain-instance stores it",
	),
	noCandidate: error("Refused", "no candidate found for <instance>: <why>"),
	noControlReplicas: error(
		"Refused",
		"no suitable replicas in cluster <cluster>: see which-cluster-osc-replicas",
	),
	noLagOfControlReplicas: error(
		"Refused",
		"none of the suitable replicas of cluster <cluster> tells its lag: replication is stopped on <replicas>",
	),
	noLagOfPools: error(
		"Refused",
		"no instance in the pools of cluster <cluster> tells its lag; see whether they replicate",
	),
} as const;
