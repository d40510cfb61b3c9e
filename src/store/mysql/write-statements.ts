import { quoted } from "./ddl.ts";

const list = (parts: readonly string[]): string => parts.join(", ");

/**
 * `insert … on duplicate key update`: the row's other columns, and what other programs keep in theirs, stay. VALUES() and not the
 * row alias of MySQL 8.0.19, which MariaDB does not know.
 * @param options.fit a value that a column cannot hold becomes the nearest one that it can (IGNORE lifts the session's strictness)
 */
export const upsertStatement = (
	table: string,
	key: readonly string[],
	columns: readonly string[],
	options: { readonly rows: number; readonly fit: boolean } = {
		rows: 1,
		fit: false,
	},
): string => {
	const changed = columns.filter((column) => !key.includes(column));
	const assignments = (changed.length > 0 ? changed : columns.slice(0, 1)).map(
		(column) => `${quoted(column)} = values(${quoted(column)})`,
	);
	const row = `(${list(columns.map(() => "?"))})`;
	const rows = list(Array.from({ length: options.rows }, () => row));
	return `insert ${options.fit ? "ignore " : ""}into ${quoted(table)} (${list(columns.map(quoted))}) values ${rows} on duplicate key update ${list(assignments)}`;
};

export const updateStatement = (
	table: string,
	key: readonly string[],
	columns: readonly string[],
): string =>
	`update ${quoted(table)} set ${list(columns.map((column) => `${quoted(column)} = ?`))} where ${key.map((column) => `${quoted(column)} = ?`).join(" and ")}`;
