/** Keys of semi-sync and Pseudo-GTID (config.md E 11–12). */
import { bool, int, list, text, uint } from "./key.ts";

export const semiSyncKeys = {
	DetectSemiSyncEnforcedQuery: text(
		"",
		"honoured",
		"live",
		"Query that gives the semi-sync priority; 0 is asynchronous.",
	),
	EnforceExactSemiSyncReplicas: bool(
		false,
		"notYet",
		"live",
		"Keep exactly as many semi-sync replicas as the primary waits for.",
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
		"notYet",
		"live",
		"Time for which a primary must be locked; 0 takes `ReasonableReplicationLagSeconds`, once.",
	),
};

const NO_PSEUDO_GTID = "replicas are matched by GTID or by coordinates only";

export const pseudoGtidKeys = {
	AutoPseudoGTID: bool(
		false,
		"notYet",
		"live",
		"Write Pseudo-GTID markers and set the four keys that describe them.",
		NO_PSEUDO_GTID,
	),
	PseudoGTIDPattern: text(
		"",
		"notYet",
		"live",
		"Regexp or text of a marker in the binary log.",
		NO_PSEUDO_GTID,
	),
	PseudoGTIDPatternIsFixedSubstring: bool(
		false,
		"notYet",
		"live",
		"The pattern is plain text.",
		NO_PSEUDO_GTID,
	),
	PseudoGTIDMonotonicHint: text(
		"",
		"notYet",
		"live",
		"Text in a marker that says markers sort in order.",
		NO_PSEUDO_GTID,
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
		"notYet",
		"live",
		"Rows read by one SHOW BINLOG EVENTS.",
		NO_PSEUDO_GTID,
	),
	SkipBinlogEventsContaining: list(
		[],
		"notYet",
		"live",
		"Texts of events that are skipped where logs are compared.",
		NO_PSEUDO_GTID,
	),
};
