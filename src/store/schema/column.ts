import type { ColumnType, Generated } from "kysely";

/** What a column holds. A dialect turns it into its own type; `serial` is the table's own number, given by the database. */
type ColumnKind =
	| "serial"
	| `varchar(${number})`
	| "text"
	| "blob"
	/** Text `YYYY-MM-DD HH:MM:SS`, UTC, in SQLite; a TIMESTAMP in MySQL, which the driver reads and writes as that text. */
	| "timestamp"
	/** Integers are not negative, but for those that say so. */
	| "tinyint"
	| "signed tinyint"
	| "smallint"
	| "int"
	| "bigint";

/** A column is NOT NULL with an empty or zero default, unless it says otherwise. */
export type ColumnSpec =
	| ColumnKind
	| `${ColumnKind} null`
	| `${ColumnKind} default ${string}`;

export interface IndexDefinition {
	readonly name: string;
	readonly columns: readonly string[];
	readonly unique?: true;
}

/** One table, in words that every dialect understands: the DDL and the row types are both made from it. */
export interface TableDefinition {
	readonly name: string;
	readonly columns: Readonly<Record<string, ColumnSpec>>;
	readonly key: readonly string[];
	readonly indexes?: readonly IndexDefinition[];
}

type Value<Kind extends string> = Kind extends
	| `varchar(${number})`
	| "text"
	| "timestamp"
	? string
	: Kind extends "blob"
		? Uint8Array
		: number;

type Cell<Spec extends string> = Spec extends "serial"
	? Generated<number>
	: Spec extends `${infer Kind} null`
		? ColumnType<
				Value<Kind> | null,
				Value<Kind> | null | undefined,
				Value<Kind> | null
			>
		: Spec extends `${infer Kind} default ${string}`
			? Generated<Value<Kind>>
			: Value<Spec>;

/** The Kysely row type of a table definition. */
export type RowTable<Table extends TableDefinition> = {
	[Name in keyof Table["columns"]]: Cell<Table["columns"][Name]>;
};

/** Keeps the literal column types, which {@link RowTable} reads. */
export const table = <const Table extends TableDefinition>(
	definition: Table,
): Table => definition;
