/** Baton's own keys. All begin with `Baton`, so none can meet a key of orchestrator. */
import { bool, choice, list, secret, text, uint } from "./key.ts";

export const batonKeys = {
	BatonDataDirectory: text(
		"",
		"honoured",
		"start",
		"Directory of everything this node keeps: the store, and the embedded Temporal server. Empty: the environment variable BATON_DATA, else the directory of `SQLite3DataFile` where the store is one, else `/var/lib/baton` for root and `~/.local/share/baton` for others.",
	),
	BatonTemporalAddress: text(
		"",
		"honoured",
		"start",
		"`host:port` of the Temporal frontend. Empty: an embedded server, for one node.",
	),
	BatonTemporalNamespace: text(
		"default",
		"honoured",
		"start",
		"Temporal namespace.",
	),
	BatonTemporalApiKey: secret(
		"",
		"honoured",
		"start",
		"API key for Temporal Cloud or a frontend that asks for one.",
	),
	BatonTemporalTLS: bool(
		false,
		"honoured",
		"start",
		"Use TLS to the Temporal frontend.",
	),
	BatonTemporalRetentionDays: uint(
		30,
		"days",
		"honoured",
		"start",
		"Time for which finished workflows stay visible, where Baton makes the namespace.",
	),
	BatonMode: choice(
		"available",
		["available", "lossless"] as const,
		"honoured",
		"live",
		"What a failover prefers: `available` promotes the best candidate; `lossless` only one that has every acknowledged write.",
	),
	BatonApplyWaitTimeoutSeconds: uint(
		60,
		"seconds",
		"honoured",
		"live",
		"How long an operation waits for an applier whose position stands still before it gives that server up. One large transaction that is being applied is no standstill.",
	),
	BatonTakeoverWriteGapSeconds: uint(
		5,
		"seconds",
		"honoured",
		"live",
		"How long a takeover may leave a cluster without a server that takes writes, from the first write that is blocked. What is not through by then is undone: the old primary takes writes again. At least 1.",
	),
	BatonTakeoverTransactionWaitSeconds: uint(
		10,
		"seconds",
		"honoured",
		"live",
		"How long a takeover waits, before it blocks writes, for transactions that were open before. Those that do nothing then are ended with their clients and named; for a statement that still runs the takeover is given up.",
	),
	BatonAllowedHosts: list(
		[],
		"honoured",
		"live",
		"Host filters: monitored servers that may be connected to, under the names they are known by. Empty: any.",
	),
	BatonHttpHosts: list(
		[],
		"honoured",
		"live",
		"Host names under which the pages and the API may be called, against DNS rebinding; the loopback's names always may. Empty: any.",
	),
	BatonPingMilliseconds: uint(
		400,
		"milliseconds",
		"honoured",
		"live",
		"Time between two liveness pings of a primary.",
	),
	BatonPingDeadlineMilliseconds: uint(
		300,
		"milliseconds",
		"honoured",
		"live",
		"Time in which a ping must be answered before a verification round starts.",
	),
	BatonWatchGroups: uint(
		1,
		"count",
		"honoured",
		"start",
		"Number of watch groups among which the clusters are shared.",
	),
	BatonNode: text(
		"",
		"honoured",
		"start",
		"Name of this node. Empty: the host name.",
	),
};
