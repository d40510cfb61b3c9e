import type {
	ColumnSpec,
	IndexDefinition,
	TableDefinition,
} from "../schema/column.ts";

export const quoted = (name: string): string => `"${name}"`;

const list = (names: readonly string[]): string => names.map(quoted).join(", ");

/**
 * The column's type and default. The declared types are those that the reference's SQLite backend has, since other programs' drivers
 * go by them (`timestamp` is read as a time). Every column that is not nullable has a default, so that it can be added to a full table.
 */
const columnType = (spec: ColumnSpec): string => {
	if (spec === "serial") return "integer";
	if (spec.endsWith(" null")) return `${spec.slice(0, -5)} null`;
	const [kind = "", given] = spec.split(/ default (.*)/);
	const isNumber = kind.endsWith("int");
	const value = isNumber ? (given ?? "0") : `'${given ?? ""}'`;
	return `${kind.replace("signed ", "")} not null default ${value}`;
};

export const columnDefinition = (name: string, spec: ColumnSpec): string =>
	`${quoted(name)} ${columnType(spec)}`;

export const createTable = (table: TableDefinition): string => {
	const columns = Object.entries(table.columns).map(([name, spec]) =>
		columnDefinition(name, spec),
	);
	return `create table if not exists ${quoted(table.name)} (${columns.join(", ")}, primary key (${list(table.key)}))`;
};

export const createIndex = (
	table: TableDefinition,
	index: IndexDefinition,
): string =>
	`create ${index.unique ? "unique " : ""}index if not exists ${quoted(index.name)} on ${quoted(table.name)} (${list(index.columns)})`;
