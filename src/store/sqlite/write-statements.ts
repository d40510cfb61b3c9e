import { quoted } from "./ddl.ts";

/** `insert … on conflict (key) do update`: the row's other columns, and what other programs keep in theirs, stay. */
export const upsertStatement = (
	table: string,
	key: readonly string[],
	columns: readonly string[],
): string => {
	const changed = columns.filter((column) => !key.includes(column));
	const assignments = changed.map(
		(column) => `${quoted(column)} = excluded.${quoted(column)}`,
	);
	const action =
		assignments.length > 0 ? `update set ${assignments.join(", ")}` : "nothing";
	return `insert into ${quoted(table)} (${columns.map(quoted).join(", ")}) values (${columns.map(() => "?").join(", ")}) on conflict (${key.map(quoted).join(", ")}) do ${action}`;
};

export const updateStatement = (
	table: string,
	key: readonly string[],
	columns: readonly string[],
): string =>
	`update ${quoted(table)} set ${columns.map((column) => `${quoted(column)} = ?`).join(", ")} where ${key.map((column) => `${quoted(column)} = ?`).join(" and ")}`;
