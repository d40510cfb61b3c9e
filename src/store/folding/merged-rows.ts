/** Rows of one table that are about the same host under several spellings: what is written so that they are one. Pure. */
import { foldHost } from "../../topology/host.ts";
import { foldClusterName } from "../../topology/instance-name.ts";
import type { Older, SpelledTable } from "./spelled-tables.ts";

export type Row = Readonly<Record<string, unknown>>;

export interface Merged {
	/** Rows that go. */
	readonly removed: readonly Row[];
	/** Rows that stay, with what is written in them, in the order in which that is to be done: who makes way comes first. */
	readonly changed: readonly { readonly row: Row; readonly to: Row }[];
}

/** The one spelling of a column's value, which is its own where it holds neither host nor name. */
export const folded = (
	table: SpelledTable,
	column: string,
	value: unknown,
): unknown => {
	if (typeof value !== "string") return value;
	if (table.hosts.includes(column)) return foldHost(value);
	return table.names.includes(column) ? foldClusterName(value) : value;
};

const respelled = (table: SpelledTable, row: Row): Row =>
	Object.fromEntries(
		[...table.hosts, ...table.names].flatMap((column) => {
			const to = folded(table, column, row[column]);
			return to === row[column] ? [] : [[column, to]];
		}),
	);

/** Empty before anything; texts by their letters, as times are written. */
const compare = (a: unknown, b: unknown): number => {
	if (typeof a === "number" && typeof b === "number") return a - b;
	const [one, other] = [String(a ?? ""), String(b ?? "")];
	return one === other ? 0 : one < other ? -1 : 1;
};

/** The name of the column that {@link SpelledTable.bySeen} is asked for by. */
export const SEEN = "instance_last_seen";

const newestFirst =
	(table: SpelledTable) =>
	(a: Row, b: Row): number => {
		const columns = [...(table.bySeen ? [SEEN] : []), ...(table.newest ?? [])];
		for (const column of columns) {
			const order = compare(b[column], a[column]);
			if (order !== 0) return order;
		}
		// Of equals the one that is spelled as all will be.
		const changes = (row: Row) => Object.keys(respelled(table, row)).length;
		return changes(a) - changes(b);
	};

const keyText = (columns: readonly string[], row: Row): string =>
	JSON.stringify(columns.map((column) => row[column]));

/** NULL is equal to nothing. */
const isFree = (columns: readonly string[], row: Row): boolean =>
	columns.some((column) => row[column] === null);

/** What an older row is changed to, so that it may stand beside the newest one; `attempt` counts from 1. */
const beside = (
	older: Exclude<Older, "remove">,
	row: Row,
	attempt: number,
	now: { readonly seconds: number; readonly text: string },
): Row => {
	if (older === "end maintenance")
		return { maintenance_active: null, end_timestamp: now.text };
	const end = Number(row.end_active_period_unixtime);
	return {
		in_active_period: 0,
		end_active_period_unixtime: (end > 0 ? end : now.seconds) + attempt,
	};
};

const changeOf = (row: Row, to: Row): Merged["changed"] =>
	Object.keys(to).length === 0 ? [] : [{ row, to }];

/**
 * @param rows all those of some hosts or names, under every spelling
 * @param now what ends now ends then
 */
export const mergedRows = (
	table: SpelledTable,
	rows: readonly Row[],
	now: { readonly seconds: number; readonly text: string },
): Merged => {
	const unique = table.unique ?? [];
	const removed: Row[] = [];
	const changed: { row: Row; to: Row }[] = [];
	const taken = new Set<string>();
	for (const row of [...rows].sort(newestFirst(table))) {
		const spelling = respelled(table, row);
		let to = spelling;
		const clashes = () => {
			const after = { ...row, ...to };
			return !isFree(unique, after) && taken.has(keyText(unique, after));
		};
		const older = table.older ?? "remove";
		if (clashes() && older === "remove") {
			removed.push(row);
			continue;
		}
		for (let attempt = 1; clashes() && older !== "remove"; attempt++)
			to = { ...spelling, ...beside(older, row, attempt, now) };
		taken.add(keyText(unique, { ...row, ...to }));
		changed.push(...changeOf(row, to));
	}
	return { removed, changed: changed.reverse() };
};
