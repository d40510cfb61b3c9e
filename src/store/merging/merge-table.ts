/** Makes one of the rows of a table that turn out to be about the same. */
import { timeText } from "../rows/cell.ts";
import { mergedRows, type Renaming, type Row, SEEN } from "./merged-rows.ts";
import type { MergedTable } from "./merged-tables.ts";
import type { Script, Spelling, Statement } from "./script.ts";

/** One row and no other: by its key, for the index, and letter by letter. */
const thatRow = (
	{ quoted, exactly }: Spelling,
	table: MergedTable,
	row: Row,
): Statement => {
	const parts = table.key.map((column) =>
		typeof row[column] === "string"
			? {
					sql: `${quoted(column)} = ? and ${exactly(quoted(column))} = ?`,
					values: [row[column], row[column]],
				}
			: { sql: `${quoted(column)} = ?`, values: [row[column]] },
	);
	return {
		sql: parts.map(({ sql }) => sql).join(" and "),
		values: parts.flatMap(({ values }) => values),
	};
};

const rowsOf = (
	{ quoted }: Spelling,
	table: MergedTable,
	which: Statement,
): Statement => {
	const seen = table.bySeen
		? `, (select i.last_seen from database_instance i where i.hostname = t.hostname and i.port = t.port) as ${SEEN}`
		: "";
	return {
		sql: `select t.*${seen} from ${quoted(table.name)} t where ${which.sql}`,
		values: which.values,
	};
};

interface Merging {
	readonly table: MergedTable;
	/** A condition on `t` that holds for every row that may be about the same. */
	readonly which: Statement;
	readonly renamed: Renaming;
	readonly nowMs: number;
}

/** @returns how many rows went, and how many were changed */
export function* mergeTable(
	spelling: Spelling,
	{ table, which, renamed, nowMs }: Merging,
): Script<{ readonly removed: number; readonly changed: number }> {
	const { quoted } = spelling;
	const now = { seconds: Math.floor(nowMs / 1000), text: timeText(nowMs) };
	const rows = yield rowsOf(spelling, table, which);
	const { removed, changed } = mergedRows(table, rows, renamed, now);
	for (const row of removed) {
		const at = thatRow(spelling, table, row);
		yield {
			sql: `delete from ${quoted(table.name)} where ${at.sql}`,
			values: at.values,
		};
	}
	for (const { row, to } of changed) {
		const at = thatRow(spelling, table, row);
		const columns = Object.keys(to);
		yield {
			sql: `update ${quoted(table.name)} set ${columns.map((each) => `${quoted(each)} = ?`).join(", ")} where ${at.sql}`,
			values: [...columns.map((each) => to[each]), ...at.values],
		};
	}
	return { removed: removed.length, changed: changed.length };
}
