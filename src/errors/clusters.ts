import { error } from "./template.ts";

/** Which cluster is meant, and who its primary is. */
export const CLUSTERS = {
	clusterNotGiven: error(
		"BadInput",
		"cannot deduce cluster: give -alias or -i",
	),
	clusterNotSelected: error(
		"UnknownCluster",
		"no cluster is selected: neither -alias nor -i is given, and the local host <host> is no known instance; give one of them, clusters-alias lists the <count> known clusters",
	),
	clusterNotGoneBy: error(
		"UnknownCluster",
		"Unable to determine cluster name. hint=<hint>: <why>",
	),
	aliasPassedOver: error(
		"UnknownCluster",
		'no cluster is known as "<cluster>"<near>; the cluster of -i <instance> is taken, clusters-alias lists those that are known',
	),
	clusterNotDetermined: error(
		"UnknownCluster",
		"unable to determine cluster name. clusterHint=<hint><near>; clusters-alias lists the known clusters",
	),
	unknownCluster: error(
		"UnknownCluster",
		'no cluster is known as "<cluster>"<near>; clusters-alias lists those that are',
	),
	clusterIsInstance: error(
		"UnknownCluster",
		'no cluster is known as "<cluster>", but <instance> is an instance of one; give it with -i, or -alias <name>',
	),
	clusterOfNobody: error(
		"UnknownCluster",
		'no cluster has -i "<instance>": <matches>; all-instances lists those that are, clusters-alias the clusters',
	),
	unknownClusterAndInstance: error(
		"UnknownCluster",
		'no cluster is known as "<cluster>"<near>, and none has -i "<instance>": <matches>; clusters-alias lists the clusters, all-instances their instances',
	),
	noClusterKnown: error(
		"UnknownCluster",
		'no cluster is known as "<cluster>": none is known at all; discover finds one from any of its instances',
	),
	noClusterAtAll: error(
		"UnknownCluster",
		"no cluster is selected: none is known; discover finds one from any of its instances",
	),
	instanceElsewhere: error(
		"BadInput",
		"<instance> is not in cluster <cluster>, which -alias names; leave one of them out",
	),
	notInOneCluster: error(
		"Refused",
		"<other> is not in cluster <cluster>, to which <instance> belongs, but in <its>; name a server of <cluster>",
	),
	unknownAlias: error(
		"UnknownCluster",
		"No cluster found for alias <alias><near>; clusters-alias lists the known ones",
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
