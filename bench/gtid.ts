// What the GTID algebra costs on large sets, without any server.

import { errantAgainst } from "../src/topology/gtid/errant.ts";
import {
	covers,
	furthestOf,
	parseGtidPosition,
	printGtidPosition,
} from "../src/topology/gtid/mariadb-gtid-position.ts";
import {
	intersect,
	isSubset,
	parseGtidSet,
	printGtidSet,
	subtract,
	union,
} from "../src/topology/gtid/mysql-gtid-set.ts";
import { unknownInstance } from "../src/topology/instance.ts";
import type { Run } from "./runs.ts";
import { rounded } from "./statistics.ts";

const INTERVALS = 10_000;
const WARM_UP = 5;
const ORIGINS = 10;
/** Longer by this factor, the same has to take about as many times longer. */
const LONGER = 10;

/** One run: each operation once, on {@link INTERVALS} intervals, and reading on ten times as many. */
export const measureGtid = (count: number): Run[] => {
	const set = textOf(INTERVALS, 1);
	const other = textOf(INTERVALS, 4);
	const longer = textOf(INTERVALS * LONGER, 1);
	const position = Array.from(
		{ length: INTERVALS },
		(_, domain) => `${domain}-1-${domain + 1}`,
	).join(",");
	const run = () => ({
		...mysqlRun(set, other),
		mysql_parse_10x_ms: timeOf(() => parseGtidSet(longer)),
		...mariadbRun(position),
	});
	for (let warming = 0; warming < WARM_UP; warming++) run();
	return Array.from({ length: count }, run);
};

/** A gap follows each interval, so that none merges with the next. */
const textOf = (intervals: number, from: number): string =>
	Array.from({ length: ORIGINS }, (_, origin) => {
		const uuid = `00000000-0000-0000-0000-${String(origin).padStart(12, "0")}`;
		const list = Array.from(
			{ length: intervals / ORIGINS },
			(_, i) => `${i * 10 + from}-${i * 10 + from + 5}`,
		);
		return `${uuid}:${origin % 2 === 0 ? "" : "app:"}${list.join(":")}`;
	}).join(",\n");

const mysqlRun = (text: string, otherText: string): Run => {
	const a = parseGtidSet(text);
	const b = parseGtidSet(otherText);
	const both = union(a, b);
	const replica = { ...unknownInstance("r", 3306), executedGtid: text };
	const source = { ...unknownInstance("s", 3306), executedGtid: otherText };
	return {
		mysql_parse_ms: timeOf(() => parseGtidSet(text)),
		mysql_print_ms: timeOf(() => printGtidSet(a)),
		mysql_union_ms: timeOf(() => union(a, b)),
		mysql_subtract_ms: timeOf(() => subtract(a, b)),
		mysql_intersect_ms: timeOf(() => intersect(a, b)),
		mysql_subset_ms: timeOf(() => isSubset(a, both)),
		mysql_errant_ms: timeOf(() => errantAgainst(replica, source)),
	};
};

const mariadbRun = (text: string): Run => {
	const position = parseGtidPosition(text);
	return {
		mariadb_parse_ms: timeOf(() => parseGtidPosition(text)),
		mariadb_print_ms: timeOf(() => printGtidPosition(position)),
		mariadb_union_ms: timeOf(() => furthestOf(position, position)),
		mariadb_covers_ms: timeOf(() => covers(position, position)),
	};
};

const timeOf = (work: () => unknown): number => {
	const from = performance.now();
	work();
	return rounded(performance.now() - from);
};
