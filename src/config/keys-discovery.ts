/** Keys of discovery and of host name resolution (config.md E 7–8). */
import { bool, int, list, text, uint } from "./key.ts";

const NO_BUFFER = "probe results are written without such a buffer";
const NO_QUEUE = "each instance has its own timer; there is no probe queue";

export const discoveryKeys = {
	DiscoverByShowSlaveHosts: bool(
		false,
		"honoured",
		"live",
		"Look for replicas in SHOW SLAVE HOSTS (SHOW REPLICAS) before the process list.",
	),
	DiscoverySeeds: list(
		[],
		"honoured",
		"start",
		"`host[:port]` of instances to discover when the service starts.",
	),
	InstancePollSeconds: uint(
		5,
		"seconds",
		"honoured",
		"live",
		"Time between two probes of an instance.",
	),
	ReasonableInstanceCheckSeconds: uint(
		1,
		"seconds",
		"honoured",
		"live",
		"Lateness, beyond the poll interval, at which the last probe counts as invalid.",
	),
	InstanceWriteBufferSize: int(
		100,
		"count",
		"notYet",
		"start",
		"Rows in one buffered write.",
		NO_BUFFER,
	),
	BufferInstanceWrites: bool(
		false,
		"notYet",
		"live",
		"Collect probe results and write them together.",
		NO_BUFFER,
	),
	InstanceFlushIntervalMilliseconds: int(
		100,
		"milliseconds",
		"notYet",
		"start",
		"Time between two buffered writes.",
		NO_BUFFER,
	),
	SkipMaxScaleCheck: bool(
		true,
		"honoured",
		"live",
		"Do not ask whether a server is a MaxScale binlog server.",
	),
	UnseenInstanceForgetHours: uint(
		240,
		"hours",
		"honoured",
		"live",
		"Time after which an instance that was not seen is forgotten.",
	),
	SnapshotTopologiesIntervalHours: uint(
		0,
		"hours",
		"notYet",
		"start",
		"Time between automatic topology snapshots; 0 is never.",
	),
	DiscoveryMaxConcurrency: uint(
		300,
		"count",
		"notYet",
		"start",
		"Probes that may run at the same time.",
		NO_QUEUE,
	),
	DiscoveryQueueCapacity: uint(
		100_000,
		"count",
		"notYet",
		"start",
		"Instances that may wait for a probe.",
		NO_QUEUE,
	),
	DiscoveryQueueMaxStatisticsSize: int(
		120,
		"count",
		"notYet",
		"live",
		"Samples of the probe queue that are kept, one a second.",
		NO_QUEUE,
	),
	DiscoveryCollectionRetentionSeconds: uint(
		120,
		"seconds",
		"notYet",
		"reload",
		"Time for which measurements of probes are kept.",
	),
	DiscoveryIgnoreReplicaHostnameFilters: list(
		[],
		"honoured",
		"live",
		"Host filters: replicas that are not followed.",
	),
	DiscoveryIgnoreMasterHostnameFilters: list(
		[],
		"honoured",
		"live",
		"Host filters: sources that are not followed.",
	),
	DiscoveryIgnoreHostnameFilters: list(
		[],
		"honoured",
		"live",
		"Host filters: instances that are never probed.",
	),
};

export const resolveKeys = {
	HostnameResolveMethod: text(
		"default",
		"honoured",
		"live",
		"How this side resolves a host name: `none`, `default`, `cname` or `ip`.",
	),
	MySQLHostnameResolveMethod: text(
		"@@hostname",
		"honoured",
		"live",
		"What a server is asked for its name: `@@hostname`, `@@report_host` or `none`.",
	),
	SkipBinlogServerUnresolveCheck: bool(
		true,
		"notYet",
		"live",
		"Do not check that the unresolved name of a binlog server resolves back.",
	),
	ExpiryHostnameResolvesMinutes: int(
		60,
		"minutes",
		"notYet",
		"live",
		"Lifetime of a resolved name.",
	),
	RejectHostnameResolvePattern: text(
		"",
		"honoured",
		"live",
		"Regexp: a resolved name that matches is dropped for the original one.",
		"applies to names that a caller gives; names of discovered servers are not resolved",
	),
};
