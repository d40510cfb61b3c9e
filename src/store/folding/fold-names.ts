/**
 * Brings the hosts in a store to one spelling each, and makes one of the rows that turn out to be about the same one. A script of
 * statements, so that it runs on a driver that waits and on one that does not. It may be run again, and be broken off anywhere.
 */
import { foldClusterName } from "../../topology/instance-name.ts";
import { timeText } from "../rows/cell.ts";
import { mergedIdentities } from "./merged-identities.ts";
import { folded, mergedRows, type Row, SEEN } from "./merged-rows.ts";
import type { Script, Spelling, Statement } from "./script.ts";
import { SPELLED_TABLES, type SpelledTable } from "./spelled-tables.ts";

/** How many rows were given another spelling, and how many went into another one, by table. */
interface Counts {
	respelled: number;
	readonly merged: Map<string, number>;
}

/** Hosts of which so many are looked for with one statement. */
const AT_ONCE = 200;

const portions = <T>(items: readonly T[]): T[][] =>
	Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, index) =>
		items.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
	);

const marks = (values: readonly unknown[]): string =>
	values.map(() => "?").join(", ");

/** One row and no other: by its key, for the index, and letter by letter. */
const thatRow = (
	{ quoted, exactly }: Spelling,
	table: SpelledTable,
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

/** Spellings of each host or name in a column, where it has one that is not the folded one. */
function* spellingsIn(
	{ quoted, exactly }: Spelling,
	table: SpelledTable,
	column: string,
): Script<string[][]> {
	const rows = yield {
		sql: `select distinct ${exactly(quoted(column))} as spelled from ${quoted(table.name)}`,
		values: [],
	};
	const byName = new Map<unknown, string[]>();
	for (const { spelled } of rows) {
		if (typeof spelled !== "string") continue;
		const name = folded(table, column, spelled);
		byName.set(name, [...(byName.get(name) ?? []), spelled]);
	}
	return [...byName]
		.filter(([name, spellings]) => spellings.some((each) => each !== name))
		.map(([, spellings]) => spellings);
}

/** A column in which rows may be equal: they stay as many as they are. */
function* respell(
	spelling: Spelling,
	table: SpelledTable,
	column: string,
): Script<number> {
	const { quoted, exactly } = spelling;
	let count = 0;
	for (const spellings of yield* spellingsIn(spelling, table, column))
		for (const spelled of spellings) {
			const to = folded(table, column, spelled);
			if (to === spelled) continue;
			count += 1;
			yield {
				sql: `update ${quoted(table.name)} set ${quoted(column)} = ? where ${exactly(quoted(column))} = ?`,
				values: [to, spelled],
			};
		}
	return count;
}

const rowsOf = (
	{ quoted, exactly }: Spelling,
	table: SpelledTable,
	column: string,
	spellings: readonly string[],
): Statement => {
	const seen = table.bySeen
		? `, (select i.last_seen from database_instance i where i.hostname = t.hostname and i.port = t.port) as ${SEEN}`
		: "";
	return {
		sql: `select t.*${seen} from ${quoted(table.name)} t where ${exactly(`t.${quoted(column)}`)} in (${marks(spellings)})`,
		values: spellings,
	};
};

/** A column that is part of a key: rows that become equal become one. */
function* merge(
	spelling: Spelling,
	table: SpelledTable,
	column: string,
	nowMs: number,
	counts: Counts,
): Script<void> {
	const { quoted } = spelling;
	const now = { seconds: Math.floor(nowMs / 1000), text: timeText(nowMs) };
	for (const portion of portions(yield* spellingsIn(spelling, table, column))) {
		const rows = yield rowsOf(spelling, table, column, portion.flat());
		const { removed, changed } = mergedRows(table, rows, now);
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
		counts.respelled += changed.length;
		if (removed.length > 0)
			counts.merged.set(
				table.name,
				(counts.merged.get(table.name) ?? 0) + removed.length,
			);
	}
}

/** A cluster without an alias has its name as alias, under every spelling: it is registered again when it is next seen. */
function* forgetNamesAsAliases({ quoted, exactly }: Spelling): Script<void> {
	const rows = yield {
		sql: `select distinct ${exactly(quoted("alias"))} as alias from ${quoted("cluster_alias")} where ${quoted("alias")} = ${quoted("cluster_name")}`,
		values: [],
	};
	for (const { alias } of rows)
		if (typeof alias === "string" && foldClusterName(alias) !== alias)
			yield {
				sql: `delete from ${quoted("cluster_alias")} where ${exactly(quoted("alias"))} = ?`,
				values: [alias],
			};
}

const told = ({ respelled, merged }: Counts): string => {
	const total = [...merged.values()].reduce((sum, count) => sum + count, 0);
	const tables = [...merged].map(([table, count]) => `${count} of ${table}`);
	return `store: hosts have one spelling each now: ${respelled} respelled${total === 0 ? "" : `; ${total} rows were about the same as a newer one, which stays: ${tables.join(", ")}`}`;
};

/** @returns what was done, in one line; undefined when there was nothing to do */
export function* foldNames(
	spelling: Spelling,
	nowMs: number,
): Script<string | undefined> {
	const counts: Counts = { respelled: 0, merged: new Map() };
	yield* forgetNamesAsAliases(spelling);
	counts.respelled += yield* mergedIdentities(spelling, counts.merged);
	for (const table of SPELLED_TABLES)
		for (const column of [...table.hosts, ...table.names]) {
			if (table.unique?.includes(column))
				yield* merge(spelling, table, column, nowMs, counts);
			else counts.respelled += yield* respell(spelling, table, column);
		}
	return counts.respelled === 0 && counts.merged.size === 0
		? undefined
		: told(counts);
}
