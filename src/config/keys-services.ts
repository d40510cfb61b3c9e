/** Keys of raft, key-value stores and audit. */
import { bool, int, list, secret, text, uint } from "./key.ts";

const NO_RAFT =
	"nodes share one Temporal cluster, which does the work of a raft group";

export const raftKeys = {
	RaftEnabled: bool(false, "none", "start", "Join a raft group.", NO_RAFT),
	RaftBind: text(
		"127.0.0.1:10008",
		"none",
		"start",
		"`host[:port]` of this member's raft transport.",
		NO_RAFT,
	),
	RaftAdvertise: text(
		"",
		"none",
		"start",
		"Address that peers use; taken from `RaftBind` after the first file.",
		NO_RAFT,
	),
	RaftDataDir: text(
		"",
		"none",
		"start",
		"Directory of the raft log; must be given with `RaftEnabled`.",
		NO_RAFT,
	),
	DefaultRaftPort: int(
		10_008,
		"port",
		"none",
		"start",
		"Port of members named without one.",
		NO_RAFT,
	),
	RaftNodes: list(
		[],
		"none",
		"start",
		"All members of the group. With `RaftEnabled` and several of them a node starts only where they share one Temporal (`BatonTemporalAddress`) and one MySQL store.",
		NO_RAFT,
	),
};

const NO_KV = "key-value stores are not part of this version";

export const kvKeys = {
	KVClusterMasterPrefix: text(
		"mysql/master",
		"honoured",
		"live",
		"Prefix of primaries' entries; brought to one trailing slash.",
	),
	ConsulAddress: text(
		"",
		"notYet",
		"start",
		"`host:port` of the Consul API; empty is no Consul.",
		NO_KV,
	),
	ConsulScheme: text("http", "notYet", "start", "`http` or `https`.", NO_KV),
	ConsulAclToken: secret("", "notYet", "start", "ACL token.", NO_KV),
	ConsulCrossDataCenterDistribution: bool(
		false,
		"notYet",
		"live",
		"Write entries to every data centre that Consul knows.",
		NO_KV,
	),
	ConsulKVStoreProvider: text(
		"consul",
		"notYet",
		"start",
		"`consul` for single puts, `consul-txn` for transactions.",
		NO_KV,
	),
	ConsulMaxKVsPerTransaction: int(
		5,
		"count",
		"notYet",
		"live",
		"Puts in one transaction; brought into 5 to 64.",
		NO_KV,
	),
	ZkAddress: text(
		"",
		"notYet",
		"start",
		"ZooKeeper servers, separated by commas.",
		NO_KV,
	),
};

export const auditKeys = {
	AuditLogFile: text(
		"",
		"honoured",
		"live",
		"File that gets one line for each audited operation.",
	),
	AuditToSyslog: bool(
		false,
		"honoured",
		"live",
		"Send audit lines to the local syslog too, by logger(1), with the tag orchestrator.",
	),
	AuditToBackendDB: bool(
		false,
		"honoured",
		"live",
		"Keep audit rows in the store, where the audit page reads them.",
	),
	AuditPurgeDays: uint(
		7,
		"days",
		"honoured",
		"live",
		"Age at which audit rows, detections and recoveries are removed.",
	),
};
