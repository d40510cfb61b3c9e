/** Keys of semi-sync and Pseudo-GTID. */
import { bool, int, list, text, uint } from "./key.ts";

const FOUND_ONLY = "the finding goes by it; nothing recovers from it yet";

export const semiSyncKeys = {
	DetectSemiSyncEnforcedQuery: text(
		"",
		"honoured",
		"live",
		"Query that gives the semi-sync priority; 0 is asynchronous.",
	),
	EnforceExactSemiSyncReplicas: bool(
		false,
		"honoured",
		"live",
		"Keep exactly as many semi-sync replicas as the primary waits for.",
		FOUND_ONLY,
	),
	RecoverLockedSemiSyncMaster: bool(
		false,
		"notYet",
		"live",
		"Turn semi-sync on at replicas of a primary that waits for too many.",
	),
	ReasonableLockedSemiSyncMasterSeconds: uint(
		0,
		"seconds",
		"honoured",
		"live",
		"Time for which a primary must be locked; 0 takes `ReasonableReplicationLagSeconds`, once.",
		FOUND_ONLY,
	),
};

export const pseudoGtidKeys = {
	AutoPseudoGTID: bool(
		false,
		"honoured",
		"live",
		"Write a Pseudo-GTID marker on each recorded primary every 5 seconds, and set the four keys that describe them.",
	),
	PseudoGTIDPattern: text(
		"",
		"honoured",
		"live",
		"Regexp or text of a marker in the binary log.",
	),
	PseudoGTIDPatternIsFixedSubstring: bool(
		false,
		"honoured",
		"live",
		"The pattern is plain text.",
	),
	PseudoGTIDMonotonicHint: text(
		"",
		"honoured",
		"live",
		"Text in a marker that says markers sort in order.",
	),
	DetectPseudoGTIDQuery: text(
		"",
		"honoured",
		"live",
		"Query that gives 1 where Pseudo-GTID is in use.",
	),
	BinlogEventsChunkSize: int(
		10_000,
		"count",
		"honoured",
		"live",
		"Rows read by one SHOW BINLOG EVENTS.",
	),
	SkipBinlogEventsContaining: list(
		[],
		"honoured",
		"live",
		"Texts of events that are skipped where logs are compared.",
	),
};
