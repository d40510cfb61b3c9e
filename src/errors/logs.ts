import { error } from "./template.ts";

/** Binary and relay logs, and the places in them that Pseudo-GTID compares. */
export const LOGS = {
	noBinaryLogs: error(
		"Refused",
		"<server> has no binary logs: log_bin is off; name a server that has some",
	),
	logsNoUpdates: error(
		"Refused",
		"<server> does not log what it replicates: log_replica_updates is off; name a server that does",
	),
	noRelayLogs: error(
		"Refused",
		"<server> is not a replica: it has no relay logs; name a replica",
	),
	notSiblings: error(
		"Refused",
		"<server> and <other> are not siblings: the one replicates from <source>, the other from <otherSource>; name two replicas of one source",
	),
	noLog: error("BadInput", "<server> has no <kind> log"),
	unknownLog: error(
		"BadInput",
		'<server> has no <kind> log "<file>"; it has <first> to <last>',
	),
	logRemoved: error(
		"Refused",
		"<server> has removed the <kind> log <file> meanwhile; try again",
	),
	logChanged: error(
		"Refused",
		"<server> cannot show its log <file> any more: it was removed or begun anew meanwhile; try again",
	),
	logsTooLong: error(
		"Refused",
		"the logs of <server> were read for <seconds> s without coming to an end: <count> events, last of <file>; begin nearer to its end, or purge logs that nobody needs",
	),
	noEventAtAll: error(
		"BadInput",
		"no event can be at <place>: events begin at position <first>",
	),
	noEvent: error(
		"BadInput",
		"no event begins at <place> of <server>; give the position of one, as SHOW BINLOG EVENTS tells it",
	),
	noEntry: error("BadInput", "no entry begins at <place> in the <log>"),
	noPlace: error(
		"BadInput",
		"<place> is no place in the <log>: <why>; give the position at which an event begins or ends",
	),
	entryTextNotGiven: error(
		"BadInput",
		"No pattern given: give -pattern, the exact text of the entry",
	),
	noSuchEntry: error(
		"Refused",
		'no entry in the binary logs of <server> is exactly "<text>"; compare it with what SHOW BINLOG EVENTS tells',
	),
	binlogNotSearched: error(
		"BadInput",
		"-binlog names a place in a binary log, which -skip-binlog-search leaves out; give one of the two",
	),
	noMarker: error(
		"Refused",
		"no Pseudo-GTID entry of <server> <where> matches PseudoGTIDPattern; see that markers are written, and that the pattern is what they look like",
	),
	noMarkerInLogs: error(
		"Refused",
		"no Pseudo-GTID entry in the <logs> of <server>: nothing in them matches PseudoGTIDPattern",
	),
	noMarkerInNewest: error(
		"Refused",
		"no Pseudo-GTID entry in the newest <logs> of <server>; -strict searches all of them",
	),
	markerNotThere: error(
		"Refused",
		'the Pseudo-GTID entry "<text>" of <server> is in no binary log of <other>: they were purged, or it does not replicate from the same primary',
	),
	ahead: error(
		"Refused",
		"<server> is ahead of <other>, whose binary log ends before <entry>; ask again when it has caught up",
	),
	logsDiffer: error(
		"Refused",
		"the logs differ: <server> has <entry> where <other> has <otherEntry>; one of them was written to, or they log differently (binlog_format, filters; SkipBinlogEventsContaining skips entries)",
	),
	nothingToCompare: error(
		"Refused",
		"no entry of <server> could be compared; SkipBinlogEventsContaining skips them all",
	),
	nothingApplied: error(
		"Refused",
		"no applied entry is left in the relay logs of <server>, which stand at <place>; there is one once it has applied more",
	),
	notReceived: error(
		"Refused",
		"the entry at <place> of <server> is in no relay log of <other>: it was not received yet, or is removed already",
	),
	endNotKnown: error(
		"Refused",
		'"<text>" is the last entry that both have received, and no server tells where that ends; ask again when it was applied',
	),
} as const;
