/** Keys that classify servers; pools and display filters. */
import { bool, int, list, map, text, uint } from "./key.ts";

export const classificationKeys = {
	ReplicationLagQuery: text(
		"",
		"honoured",
		"live",
		"Query on each instance that gives its lag in whole seconds.",
	),
	SlaveLagQuery: text(
		"",
		"honoured",
		"live",
		"Old name of `ReplicationLagQuery`; moved there after each file.",
	),
	ClusterNameToAlias: map(
		{},
		"honoured",
		"live",
		"Regexp on the cluster's name → its alias. Later files add to it.",
	),
	DetectClusterAliasQuery: text(
		"",
		"honoured",
		"live",
		"Query that gives the cluster's alias.",
	),
	DetectClusterDomainQuery: text(
		"",
		"honoured",
		"live",
		"Query on the primary that gives the cluster's domain name.",
	),
	DetectInstanceAliasQuery: text(
		"",
		"honoured",
		"live",
		"Query that gives the instance's display name.",
	),
	DetectPromotionRuleQuery: text(
		"",
		"honoured",
		"live",
		"Query that gives `prefer`, `neutral`, `prefer_not` or `must_not`.",
	),
	DataCenterPattern: text(
		"",
		"honoured",
		"live",
		"Regexp on the host name whose first group is the data centre.",
	),
	RegionPattern: text(
		"",
		"honoured",
		"live",
		"Regexp on the host name whose first group is the region.",
	),
	PhysicalEnvironmentPattern: text(
		"",
		"honoured",
		"live",
		"Regexp on the host name whose first group is the environment.",
	),
	DetectDataCenterQuery: text(
		"",
		"honoured",
		"live",
		"Query that gives the data centre, stronger than the pattern.",
	),
	DetectRegionQuery: text(
		"",
		"honoured",
		"live",
		"Query that gives the region, stronger than the pattern.",
	),
	DetectPhysicalEnvironmentQuery: text(
		"",
		"honoured",
		"live",
		"Query that gives the environment, stronger than the pattern.",
	),
};

export const poolKeys = {
	SupportFuzzyPoolHostnames: bool(
		true,
		"honoured",
		"live",
		"Take short host names in pool submissions where they are unambiguous.",
	),
	InstancePoolExpiryMinutes: uint(
		60,
		"minutes",
		"honoured",
		"live",
		"Lifetime of a pool membership.",
	),
	CandidateInstanceExpireMinutes: uint(
		60,
		"minutes",
		"honoured",
		"live",
		"Lifetime of a registered promotion rule.",
	),
	PromotionIgnoreHostnameFilters: list(
		[],
		"honoured",
		"live",
		"Host filters: instances that are never promoted.",
	),
	OSCIgnoreHostnameFilters: list(
		[],
		"honoured",
		"live",
		"Host filters: instances not suggested as control replicas of schema changes.",
	),
	ProblemIgnoreHostnameFilters: list(
		[],
		"honoured",
		"live",
		"Host filters: instances left out of the list of problems.",
	),
	VerifyReplicationFilters: bool(
		false,
		"honoured",
		"live",
		"Do not put an unfiltered replica below a server with replication filters.",
	),
	InstanceBulkOperationsWaitTimeoutSeconds: uint(
		10,
		"seconds",
		"notYet",
		"live",
		"Longest wait for each server when many replicas are stopped.",
	),
	MaxConcurrentReplicaOperations: int(
		5,
		"count",
		"honoured",
		"live",
		"Replicas moved at the same time.",
	),
};
