import type {
	ColumnSpec,
	IndexDefinition,
	TableDefinition,
} from "../schema/column.ts";

export const quoted = (name: string): string => `\`${name}\``;

const list = (parts: readonly string[]): string => parts.join(", ");

/** The longest identifier of MySQL. */
const NAME_CHARACTERS = 64;
/** Of a text in an index, which MySQL does not take whole. */
const PREFIX_CHARACTERS = 128;

/** Texts of operators and servers may hold anything: the reference's ascii could not keep them. Names compare as in SQLite, byte by byte. */
const CHARSET = "character set utf8mb4 collate utf8mb4_bin";

const typeOf = (kind: string): string => {
	switch (kind) {
		case "serial":
			return "bigint unsigned not null auto_increment";
		case "signed tinyint":
			return "tinyint";
		case "tinyint":
		case "smallint":
		case "int":
		case "bigint":
			return `${kind} unsigned`;
		// GTID sets pass the 65,535 bytes of TEXT.
		case "text":
			return `mediumtext ${CHARSET}`;
		case "blob":
			return "mediumblob";
		case "timestamp":
			return "timestamp";
		default:
			return `${kind} ${CHARSET}`;
	}
};

/** Every default that the type allows, so that a column can be added to a full table, and so that the reference's inserts go on working. */
const defaultOf = (kind: string, given: string | undefined): string => {
	if (kind === "text" || kind === "blob") return "";
	if (kind.endsWith("int")) return ` default ${given ?? "0"}`;
	if (kind === "timestamp" && given === undefined)
		return " default current_timestamp";
	return ` default '${given ?? ""}'`;
};

const columnType = (spec: ColumnSpec): string => {
	if (spec === "serial") return typeOf(spec);
	if (spec.endsWith(" null"))
		return `${typeOf(spec.slice(0, -5))} null default null`;
	const [kind = "", given] = spec.split(/ default (.*)/);
	return `${typeOf(kind)} not null${defaultOf(kind, given)}`;
};

export const columnDefinition = (name: string, spec: ColumnSpec): string =>
	`${quoted(name)} ${columnType(spec)}`;

const isLong = (spec: ColumnSpec | undefined): boolean =>
	spec !== undefined && /^(?:text|blob)/.test(spec);

const indexParts = (table: TableDefinition, columns: readonly string[]) =>
	list(
		columns.map((column) =>
			isLong(table.columns[column])
				? `${quoted(column)}(${PREFIX_CHARACTERS})`
				: quoted(column),
		),
	);

/** `unique key name (columns)`, for a table being made and for one that is. */
export const indexDefinition = (
	table: TableDefinition,
	index: IndexDefinition,
): string =>
	`${index.unique ? "unique " : ""}key ${quoted(index.name.slice(0, NAME_CHARACTERS))} (${indexParts(table, index.columns)})`;

export const createTable = (table: TableDefinition): string => {
	const parts = [
		...Object.entries(table.columns).map(([name, spec]) =>
			columnDefinition(name, spec),
		),
		`primary key (${list(table.key.map(quoted))})`,
		...(table.indexes ?? []).map((index) => indexDefinition(table, index)),
	];
	return `create table if not exists ${quoted(table.name)} (${list(parts)}) engine = innodb row_format = dynamic ${CHARSET}`;
};
