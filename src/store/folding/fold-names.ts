/**
 * Brings the hosts in a store to one spelling each, and makes one of the rows that turn out to be about the same one. A script of
 * statements, so that it runs on a driver that waits and on one that does not. It may be run again, and be broken off anywhere.
 */
import { foldHost } from "../../topology/host.ts";
import { foldClusterName } from "../../topology/instance-name.ts";
import { mergeTable } from "../merging/merge-table.ts";
import type { Renaming } from "../merging/merged-rows.ts";
import {
	hostsIn,
	MERGED_TABLES,
	type MergedTable,
} from "../merging/merged-tables.ts";
import type { Script, Spelling } from "../merging/script.ts";
import { mergedIdentities } from "./merged-identities.ts";

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

const namesIn = (table: MergedTable): readonly string[] => [
	...table.names,
	...table.clusters,
];

const marks = (values: readonly unknown[]): string =>
	values.map(() => "?").join(", ");

/** The one spelling of a column's value, which is its own where it holds neither host nor name. */
const folded = (
	table: MergedTable,
	column: string,
	value: unknown,
): unknown => {
	if (typeof value !== "string") return value;
	if (hostsIn(table).includes(column)) return foldHost(value);
	return namesIn(table).includes(column) ? foldClusterName(value) : value;
};

const respelled: Renaming = (table, row) =>
	Object.fromEntries(
		[...hostsIn(table), ...namesIn(table)].flatMap((column) => {
			const to = folded(table, column, row[column]);
			return to === row[column] ? [] : [[column, to]];
		}),
	);

/** Spellings of each host or name in a column, where it has one that is not the folded one. */
function* spellingsIn(
	{ quoted, exactly }: Spelling,
	table: MergedTable,
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
	table: MergedTable,
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

/** A column that is part of a key: rows that become equal become one. */
function* merge(
	spelling: Spelling,
	table: MergedTable,
	column: string,
	nowMs: number,
	counts: Counts,
): Script<void> {
	const { quoted, exactly } = spelling;
	for (const portion of portions(yield* spellingsIn(spelling, table, column))) {
		const values = portion.flat();
		const { removed, changed } = yield* mergeTable(spelling, {
			table,
			which: {
				sql: `${exactly(`t.${quoted(column)}`)} in (${marks(values)})`,
				values,
			},
			renamed: respelled,
			nowMs,
		});
		counts.respelled += changed;
		if (removed > 0)
			counts.merged.set(
				table.name,
				(counts.merged.get(table.name) ?? 0) + removed,
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
	counts.respelled += yield* mergedIdentities(spelling, nowMs, counts.merged);
	for (const table of MERGED_TABLES)
		for (const column of [...hostsIn(table), ...namesIn(table)]) {
			if (table.unique?.includes(column))
				yield* merge(spelling, table, column, nowMs, counts);
			else counts.respelled += yield* respell(spelling, table, column);
		}
	return counts.respelled === 0 && counts.merged.size === 0
		? undefined
		: told(counts);
}
