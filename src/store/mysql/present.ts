/** What of a program's tables a database has, and what it lacks. */
import type { TableDefinition } from "../schema/column.ts";
import type { MysqlSession } from "./connection.ts";
import { columnDefinition } from "./ddl.ts";
import { rowsOf } from "./rows-of.ts";

/** What a table has: column name to type and character set, and each index as the list of its columns. */
export interface Present {
	readonly columns: ReadonlyMap<string, string>;
	readonly indexes: readonly {
		readonly columns: string;
		readonly unique: boolean;
	}[];
}

/** By the table's name. */
export const present = async (
	session: MysqlSession,
): Promise<ReadonlyMap<string, Present>> => {
	const columns = await rowsOf(
		session,
		"select table_name as t, column_name as c, data_type as d, character_set_name as s from information_schema.columns where table_schema = database()",
	);
	const indexes = await rowsOf(
		session,
		"select table_name as t, non_unique as n, group_concat(column_name order by seq_in_index) as c from information_schema.statistics where table_schema = database() group by table_name, index_name, non_unique",
	);
	const found = new Map<
		string,
		{
			columns: Map<string, string>;
			indexes: { columns: string; unique: boolean }[];
		}
	>();
	for (const { t, c, d, s } of columns) {
		const at = found.get(String(t)) ?? { columns: new Map(), indexes: [] };
		at.columns.set(String(c).toLowerCase(), `${d} ${s}`);
		found.set(String(t), at);
	}
	for (const { t, n, c } of indexes)
		found.get(String(t))?.indexes.push({
			columns: String(c).toLowerCase(),
			unique: Number(n) === 0,
		});
	return found;
};

/**
 * Columns that are missing, and those of texts that the reference keeps in 65,535 bytes of ascii: they are widened, which changes
 * no value and stops no other program.
 */
export const columnChanges = (
	wanted: TableDefinition,
	has: Present,
): string[] =>
	Object.entries(wanted.columns).flatMap(([name, spec]) => {
		const type = has.columns.get(name);
		if (type === undefined) return `add column ${columnDefinition(name, spec)}`;
		return spec.startsWith("text") &&
			/^(?:tiny)?text |^mediumtext (?!utf8mb4)/.test(type)
			? `modify column ${columnDefinition(name, spec)}`
			: [];
	});

/** By their columns: the reference's names are its own. */
export const missingIndexes = (wanted: TableDefinition, has: Present) =>
	(wanted.indexes ?? []).filter(
		(index) =>
			!has.indexes.some(({ columns, unique }) =>
				index.unique
					? unique && columns === index.columns.join()
					: `${columns},`.startsWith(`${index.columns.join()},`),
			),
	);
