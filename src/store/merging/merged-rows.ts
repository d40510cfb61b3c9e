/** Rows of one table that turn out to be about the same: what is written so that they are one. Pure. */
import type { MergedTable, Older } from "./merged-tables.ts";

export type Row = Readonly<Record<string, unknown>>;

export interface Merged {
	/** Rows that go. */
	readonly removed: readonly Row[];
	/** Rows that stay, with what is written in them, in the order in which that is to be done: who makes way comes first. */
	readonly changed: readonly { readonly row: Row; readonly to: Row }[];
}

/** What a row is to hold once it is about what it is about by then; the columns that change alone. */
export type Renaming = (table: MergedTable, row: Row) => Row;

/** Empty before anything; texts by their letters, as times are written. */
const compare = (a: unknown, b: unknown): number => {
	if (typeof a === "number" && typeof b === "number") return a - b;
	const [one, other] = [String(a ?? ""), String(b ?? "")];
	return one === other ? 0 : one < other ? -1 : 1;
};

/** The name of the column that {@link MergedTable.bySeen} is asked for by. */
export const SEEN = "instance_last_seen";

const inOrder = (table: MergedTable, renamed: Renaming) => {
	const values = [...(table.bySeen ? [SEEN] : []), ...(table.first ?? [])].map(
		(each) => (typeof each === "string" ? (row: Row) => row[each] : each),
	);
	const changes = (row: Row) => Object.keys(renamed(table, row)).length;
	return (a: Row, b: Row): number => {
		for (const value of values) {
			const order = compare(value(b), value(a));
			if (order !== 0) return order;
		}
		// Of equals the one that is called as all will be.
		return changes(a) - changes(b);
	};
};

const keyText = (columns: readonly string[], row: Row): string =>
	JSON.stringify(columns.map((column) => row[column]));

/** NULL is equal to nothing. */
const canRepeat = (columns: readonly string[], row: Row): boolean =>
	columns.length === 0 || columns.some((column) => row[column] === null);

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
 * @param rows all those that may be about the same
 * @param now what ends now ends then
 */
export const mergedRows = (
	table: MergedTable,
	rows: readonly Row[],
	renamed: Renaming,
	now: { readonly seconds: number; readonly text: string },
): Merged => {
	const unique = table.unique ?? [];
	const removed: Row[] = [];
	const changed: { row: Row; to: Row }[] = [];
	const taken = new Set<string>();
	for (const row of [...rows].sort(inOrder(table, renamed))) {
		const named = renamed(table, row);
		let to = named;
		const clashes = () => {
			const after = { ...row, ...to };
			return !canRepeat(unique, after) && taken.has(keyText(unique, after));
		};
		const older = table.older ?? "remove";
		if (clashes() && older === "remove") {
			removed.push(row);
			continue;
		}
		for (let attempt = 1; clashes() && older !== "remove"; attempt++)
			to = { ...named, ...beside(older, row, attempt, now) };
		taken.add(keyText(unique, { ...row, ...to }));
		changed.push(...changeOf(row, to));
	}
	return { removed, changed: changed.reverse() };
};
