/** Which entries of two logs are the same one, and which say nothing about the data. */
import type { LogEvent } from "./event-log.ts";

/** Events about a log itself; each server writes its own. The transaction in a payload is told once more, event by event. */
const OF_THE_LOG: ReadonlySet<string> = new Set([
	"Format_desc",
	"Stop",
	"Rotate",
	"Previous_gtids",
	"Gtid_list",
	"Binlog_checkpoint",
	"Start_encryption",
	"Heartbeat",
	"Heartbeat_v2",
	"Ignorable",
	"Transaction_payload",
]);

/**
 * Not every server writes these beside the same change: the absence of an identity (older versions write nothing), and the
 * statement behind changed rows (MariaDB sends it only to a replica that logs what it replicates).
 */
const REMARKS: ReadonlySet<string> = new Set([
	"Anonymous_Gtid",
	"Annotate_rows",
	"Rows_query",
]);

export const isOfTheLog = ({ type }: LogEvent): boolean => OF_THE_LOG.has(type);

/** Whether the event counts when two logs are compared. @param skipped texts: SkipBinlogEventsContaining */
export const isCompared = (
	event: LogEvent,
	skipped: readonly string[],
): boolean =>
	!isOfTheLog(event) &&
	!REMARKS.has(event.type) &&
	!skipped.some((text) => event.info.includes(text));

/** A comment that the server appends: the number of its own transaction. */
const OWN_TRANSACTION = / \/\* xid=\d+ \*\/$/;

/** An entry's text without what the server that logged it has put behind it. */
export const entryText = (info: string): string =>
	info.replace(OWN_TRANSACTION, "");

/**
 * Without its comments and the white space before each. Step by step: clients write the text, of any length, and an expression would go
 * over a long run of blanks, or of comments that do not end, again from each of them.
 */
const withoutComments = (text: string): string => {
	let kept = "";
	for (let from = 0; ; ) {
		const start = text.indexOf("/*", from);
		const end = start < 0 ? -1 : text.indexOf("*/", start + 2);
		if (end < 0) return kept + text.slice(from);
		kept += text.slice(from, start).trimEnd();
		from = end + 2;
	}
};

/** What else differs between servers in the text of one and the same entry. */
const DIFFERENCES: readonly (readonly [RegExp, string])[] = [
	[/^(COMMIT)\b.*$/, "$1"],
	[/\btable_id: \d+/g, "table_id: #"],
	// Older versions do not tell it.
	[/ USE_SQL_FOREIGN_KEY_F\b/, ""],
	[/ X'([0-9a-fA-F]*)'(?= COLLATE)/g, " 0x$1"],
	// MariaDB: transactions that were committed together.
	[/^((?:BEGIN )?GTID \S+) cid=.*$/, "$1"],
];

/** The text by which an entry is the same on two servers. */
export const comparableText = (info: string): string =>
	DIFFERENCES.reduce(
		(text, [pattern, replacement]) => text.replace(pattern, replacement),
		withoutComments(info),
	);

/** Forms of one type: `Write_rows`, `Write_rows_v1`, `Write_rows_compressed_v1`. */
const comparableType = (type: string): string =>
	type.replace(/(?:_compressed)?(?:_v\d+)?$/, "");

/** Whether both stand for the same change. */
export const isSameEntry = (a: LogEvent, b: LogEvent): boolean =>
	comparableType(a.type) === comparableType(b.type) &&
	comparableText(a.info) === comparableText(b.info);

/** How an event is named in a message: a long text is cut. */
export const describeEntry = ({
	file,
	position,
	type,
	info,
}: LogEvent): string => {
	const text = info.length > 80 ? `${info.slice(0, 80)}…` : info;
	return `${type} ${JSON.stringify(text)} at ${file}:${position}`;
};
