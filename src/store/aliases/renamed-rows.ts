/** What is said of a name goes to the name that stays: by the rules of the tables, each row or the one that it meets there. */
import { CompiledQuery } from "kysely";
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import { areOfTwo } from "../../topology/server-mark.ts";
import { markFromText } from "../clusters/role-rows.ts";
import type { Queries } from "../driver.ts";
import { mergeTable } from "../merging/merge-table.ts";
import type { Renaming, Row } from "../merging/merged-rows.ts";
import {
	MERGED_TABLES,
	type MergedTable,
	toIdentity,
} from "../merging/merged-tables.ts";
import {
	awaitScript,
	type Spelling,
	type Statement,
} from "../merging/script.ts";
import type { Double } from "../naming/contract.ts";
import type { Homes } from "./merged-clusters.ts";
import { isRecordedPrimary, wasAnother } from "./name-marks.ts";
import { dropLost } from "./said-rows.ts";

/** Every host has one spelling here, and no column is a word of SQL. */
const PLAIN: Spelling = { quoted: (name) => name, exactly: (column) => column };

type Columns = MergedTable["instances"][number];

const isIn = (row: Row, [host, port]: Columns, name: InstanceName): boolean => {
	const at = splitName(name);
	return row[host] === at.host && Number(row[port]) === at.port;
};

/** In its own columns a row about another server stays where it is, and what it says of others goes by their new names. */
const renamedTo =
	({ alias, canonical, server }: Double, { from, to }: Homes): Renaming =>
	(table, row) => {
		const changes: Record<string, unknown> = {};
		const goal = splitName(canonical);
		const isOfAnother =
			table.isMarked === true && areOfTwo(markFromText(row.server), server);
		for (const [index, columns] of table.instances.entries()) {
			if (!isIn(row, columns, alias) || (index === 0 && isOfAnother)) continue;
			changes[columns[0]] = goal.host;
			changes[columns[1]] = goal.port;
			if (
				index === 0 &&
				table.ofCluster &&
				to !== undefined &&
				row.identity === from
			)
				Object.assign(changes, toIdentity(table, to));
		}
		for (const column of table.names)
			if (row[column] === alias) changes[column] = canonical;
		return changes;
	};

const rowsOf = (
	{ alias, canonical }: Double,
	{ from, to }: Homes,
	table: MergedTable,
): Statement => {
	const at = (columns: Columns, name: InstanceName): Statement => {
		const { host, port } = splitName(name);
		return {
			sql: `(t.${columns[0]} = ? and t.${columns[1]} = ?)`,
			values: [host, port],
		};
	};
	const isOfCluster = table.unique?.includes("identity") === true;
	const parts: Statement[] = [
		...table.instances.map((columns) => at(columns, alias)),
		...table.instances.slice(0, 1).map((columns) => at(columns, canonical)),
		...table.names.map((column) => ({
			sql: `t.${column} = ?`,
			values: [alias],
		})),
		...[from, to]
			.filter((identity) => isOfCluster && identity !== undefined)
			.map((identity) => ({ sql: "t.identity = ?", values: [identity] })),
	];
	return {
		sql: parts.map(({ sql }) => sql).join(" or "),
		values: parts.flatMap(({ values }) => values),
	};
};

const TABLES = MERGED_TABLES.filter(({ goesAlong }) => goesAlong);

export const renameRows = async (
	queries: Queries,
	double: Double,
	homes: Homes,
): Promise<void> => {
	const { alias, canonical, server, atMs } = double;
	// Asked before the rows that tell it are gone.
	const isOfAnother = await wasAnother(queries, alias, server);
	const run = async ({ sql, values }: Statement): Promise<readonly Row[]> =>
		(await queries.executeQuery<Row>(CompiledQuery.raw(sql, [...values]))).rows;
	const merge = async (tables: readonly MergedTable[]): Promise<void> => {
		for (const table of tables)
			await awaitScript(
				mergeTable(PLAIN, {
					table,
					which: rowsOf(double, homes, table),
					renamed: renamedTo(double, homes),
					nowMs: atMs,
				}),
				run,
			);
	};
	await merge(TABLES.filter(({ ofServer }) => !ofServer));
	const isPrimary = await isRecordedPrimary(queries, canonical);
	if (isPrimary) await dropLost(queries, canonical);
	if (isOfAnother) return;
	if (isPrimary) await dropLost(queries, alias);
	await merge(TABLES.filter(({ ofServer }) => ofServer));
};
