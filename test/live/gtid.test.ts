// The GTID algebra against the servers' own functions, on generated sets.

import fc from "fast-check";
import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServerFlavor } from "../../setup/locate.mjs";
import { BatonError } from "../../src/errors.ts";
import {
	compare,
	contains,
	type GtidFamily,
	missing,
	union,
} from "../../src/topology/gtid/gtid.ts";
import {
	parseBinlogState,
	parseGtidPosition,
	printGtidPosition,
} from "../../src/topology/gtid/mariadb-gtid-position.ts";
import {
	intersect,
	parseGtidSet,
	printGtidSet,
} from "../../src/topology/gtid/mysql-gtid-set.ts";
import { type Row, rowsOf } from "../lab/connection.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import { TEST_MS } from "./system.ts";

/** The text in the algebra's canonical form; undefined when it refuses it. */
const canonical = (family: GtidFamily, text: string): string | undefined => {
	try {
		return union(family, text, "");
	} catch (error) {
		if (error instanceof BatonError && error.code === "BadInput")
			return undefined;
		throw error;
	}
};

/** MySQL's ER_MALFORMED_GTID_SET_SPECIFICATION; MariaDB's ER_INCORRECT_GTID_STATE and ER_DUPLICATE_GTID_DOMAIN. */
const MALFORMED_GTID_SET = 1772;
const MALFORMED_GTID_LIST = 1941;
const DUPLICATE_DOMAIN = 1943;

/** MySQL ends each member with a line feed as well. */
const oneLine = (value: unknown): string => String(value).replaceAll("\n", "");

const open = async (flavor: ServerFlavor) => {
	const lab = await createLab({ flavor });
	const server = await lab.startServer({ readOnlyAtStart: false });
	return { lab, connection: await server.connect() };
};

/** One row for each element of `list`, in order; `columns` name the JSON paths. One query. */
const askAll = (
	connection: Connection,
	select: string,
	columns: string,
	list: readonly unknown[],
): Promise<Row[]> =>
	rowsOf(
		connection,
		`SELECT ${select} FROM JSON_TABLE(?, '$[*]' COLUMNS (i FOR ORDINALITY, ${columns})) AS list ORDER BY i`,
		[JSON.stringify(list)],
	);

/** Whether the server takes the statement; an error other than the expected one fails the test. */
const isTaken = async (
	connection: Connection,
	sql: string,
	text: string,
	refusals: readonly number[],
): Promise<boolean> => {
	try {
		await connection.query(sql, [text]);
		return true;
	} catch (error) {
		const { errno } = error as { errno?: number };
		if (errno !== undefined && refusals.includes(errno)) return false;
		throw error;
	}
};

describe("sets of GTIDs as MySQL has them", () => {
	const A = "00000000-0000-0000-0000-00000000000a";
	const B = "f0000000-0000-4000-8000-00000000000b";
	const GREATEST = 9223372036854775806n;
	let lab: Lab;
	let connection: Connection;
	beforeAll(async () => {
		({ lab, connection } = await open("mysql"));
	}, TEST_MS);
	afterAll(async () => {
		connection?.destroy();
		await lab?.stop();
	}, TEST_MS);

	const origin = fc
		.tuple(
			fc.constantFrom(A, B, B.toUpperCase(), `{${A}}`, B.replaceAll("-", "")),
			fc.constantFrom("", "", ":a", ":A", ":_a", ":a_", ":a0", ":aa"),
		)
		.map((parts) => parts.join(""));
	const interval = fc.oneof(
		fc
			.tuple(fc.integer({ min: 1, max: 25 }), fc.integer({ min: -2, max: 6 }))
			.map(([first, more]) => `${first}-${Math.max(0, first + more)}`),
		fc.integer({ min: 1, max: 25 }).map(String),
		fc.bigInt({ min: 1n, max: GREATEST }).map((n) => `${n}-${GREATEST}`),
	);
	const set = fc
		.array(
			fc
				.tuple(origin, fc.array(interval, { maxLength: 6 }))
				.map(([from, intervals]) => [from, ...intervals].join(":")),
			{ maxLength: 5 },
		)
		.map((members) => members.join(",\n"));

	test("are printed, united, subtracted, cut and compared as the server does it", async () => {
		const pairs = fc.sample(fc.record({ a: set, b: set }), 600);
		const rows = await askAll(
			connection,
			"GTID_SUBTRACT(a, '') AS printed, GTID_SUBTRACT(CONCAT(a, ',', b), '') AS united, GTID_SUBTRACT(a, b) AS minus, GTID_SUBTRACT(a, GTID_SUBTRACT(a, b)) AS cut, GTID_SUBSET(a, b) AS within, GTID_SUBSET(b, a) AS around",
			"a TEXT PATH '$.a', b TEXT PATH '$.b'",
			pairs,
		);
		const asServer = rows.map((row, i) => ({
			...pairs[i],
			printed: oneLine(row["printed"]),
			united: oneLine(row["united"]),
			minus: oneLine(row["minus"]),
			cut: oneLine(row["cut"]),
			within: row["within"] === 1,
			order: orderOf(row["within"] === 1, row["around"] === 1),
		}));
		const asBaton = pairs.map(({ a, b }) => ({
			a,
			b,
			printed: canonical("mysql", a),
			united: union("mysql", a, b),
			minus: missing("mysql", b, a),
			cut: printGtidSet(intersect(parseGtidSet(a), parseGtidSet(b))),
			within: contains("mysql", b, a),
			order: compare("mysql", a, b),
		}));
		expect(asBaton).toEqual(asServer);
		// The generator makes what is to be compared.
		const orders = new Set(asBaton.map(({ order }) => order));
		expect([...orders].toSorted()).toEqual([
			"ahead",
			"behind",
			"diverged",
			"equal",
		]);
		expect(asBaton.some(({ cut }) => cut.includes(":a_:"))).toBe(true);
	});

	const orderOf = (within: boolean, around: boolean) => {
		if (within) return around ? "equal" : "behind";
		return around ? "ahead" : "diverged";
	};

	test("are refused when the server refuses them, and only then", async () => {
		const piece = fc.constantFrom(
			A,
			B,
			"t",
			"T_1",
			"1",
			"7",
			"0",
			"007",
			String(GREATEST),
			String(GREATEST + 1n),
			"x".repeat(33),
			..."{}:::---,, \n\t;",
		);
		const text = fc.oneof(
			fc.array(piece, { maxLength: 9 }).map((each) => each.join("")),
			fc.array(piece, { maxLength: 5 }).map((each) => `${A}:${each.join("")}`),
			fc
				.array(piece, { maxLength: 5 })
				.map((each) => `${A}:1:${each.join(":")}`),
		);
		const taken: string[] = [];
		for (const each of fc.sample(text, 800)) {
			const isRead = canonical("mysql", each) !== undefined;
			const isServerRead = await isTaken(
				connection,
				"SELECT GTID_SUBTRACT(?, '')",
				each,
				[MALFORMED_GTID_SET],
			);
			expect({ text: each, isRead }).toEqual({
				text: each,
				isRead: isServerRead,
			});
			if (isRead) taken.push(each);
		}
		expect(taken.length).toBeGreaterThan(50);
		expect(taken.length).toBeLessThan(700);
	});

	test("of ten thousand intervals give what the server gives", async () => {
		const many = (from: number, length: number) =>
			`${A}:${Array.from({ length: 10_000 }, (_, i) => `${i * 10 + from}-${i * 10 + from + length}`).join(":")}`;
		const [a, b] = [many(1, 4), many(4, 3)];
		const [row] = await rowsOf(
			connection,
			"SELECT GTID_SUBTRACT(?, ?) AS minus, GTID_SUBTRACT(CONCAT(?, ',', ?), '') AS united",
			[a, b, a, b],
		);
		expect(missing("mysql", b, a)).toBe(oneLine(row?.["minus"]));
		expect(union("mysql", a, b)).toBe(oneLine(row?.["united"]));
	});
});

describe("GTID positions as MariaDB has them", () => {
	const GREATEST = 18446744073709551615n;
	let lab: Lab;
	let connection: Connection;
	beforeAll(async () => {
		({ lab, connection } = await open("mariadb"));
	}, TEST_MS);
	afterAll(async () => {
		connection?.destroy();
		await lab?.stop();
	}, TEST_MS);

	const domain = fc.oneof(
		fc.integer({ min: 0, max: 2 }),
		fc.integer({ min: 0, max: 0xffff_ffff }),
	);
	const server = fc.integer({ min: 1, max: 2 });
	const sequence = fc.oneof(
		fc.bigInt({ min: 1n, max: 5n }),
		fc.bigInt({ min: 1n, max: GREATEST }),
	);
	const gtids = (uniqueBy: (gtid: readonly unknown[]) => unknown) =>
		fc
			.uniqueArray(fc.tuple(domain, server, sequence), {
				maxLength: 5,
				selector: uniqueBy,
			})
			.map((each) => each.map((gtid) => gtid.join("-")).join(","));
	const position = gtids(([inDomain]) => inDomain);

	const setPosition = (text: string) =>
		isTaken(connection, "SET GLOBAL gtid_slave_pos = ?", text, [
			MALFORMED_GTID_LIST,
			DUPLICATE_DOMAIN,
		]);
	const shown = async (variable: string): Promise<string> => {
		const [row] = await rowsOf(connection, `SELECT @@GLOBAL.${variable} AS v`);
		return String(row?.["v"]);
	};

	test("are printed as the server prints them", async () => {
		for (const text of fc.sample(position, 60)) {
			expect(await setPosition(text)).toBe(true);
			expect(canonical("mariadb", text)).toBe(await shown("gtid_slave_pos"));
		}
	});

	test("are read whenever the server reads them", async () => {
		const number = fc.constantFrom(
			...["0", "1", "2", "007", "4294967295", "4294967296", "x", ""],
			...[String(GREATEST), String(GREATEST + 1n), "0".repeat(30)],
		);
		const small = fc.constantFrom("0", "1", "2");
		const text = fc
			.array(
				fc.oneof(
					fc.tuple(small, small, number),
					fc.tuple(number, number, number),
					fc.array(small, { maxLength: 4 }),
				),
				{ minLength: 1, maxLength: 3 },
			)
			.map((list) => list.map((each) => each.join("-")).join(","));
		let taken = 0;
		for (const each of fc.sample(text, 200)) {
			if (!(await setPosition(each))) continue;
			taken++;
			expect({ each, read: canonical("mariadb", each) }).toEqual({
				each,
				read: await shown("gtid_slave_pos"),
			});
		}
		expect(taken).toBeGreaterThan(10);
	});

	test("cover what MASTER_GTID_WAIT need not wait for, but for a fork at one number", async () => {
		for (const reached of fc.sample(position, 12)) {
			expect(await setPosition(reached)).toBe(true);
			const targets = [reached, "", ...fc.sample(position, 40)];
			const rows = await askAll(
				connection,
				"MASTER_GTID_WAIT(target, 0) AS waited",
				"target TEXT PATH '$'",
				targets,
			);
			for (const [i, target] of targets.entries())
				expect({
					reached,
					target,
					covered:
						contains("mariadb", reached, target) || forks(reached, target),
				}).toEqual({ reached, target, covered: rows[i]?.["waited"] === 0 });
		}
	});

	/** Whether a number of `reached` stands for another server's transaction in `target`, which has nothing further on. */
	const forks = (reached: string, target: string): boolean => {
		const at = parseGtidPosition(reached);
		const others = [...parseGtidPosition(target).values()];
		const isFork = (other: (typeof others)[number]) => {
			const own = at.get(other.domain);
			return own?.sequence === other.sequence && own.server !== other.server;
		};
		const rest = others.filter((other) => !isFork(other));
		return (
			rest.length < others.length &&
			contains(
				"mariadb",
				reached,
				printGtidPosition(new Map(rest.map((gtid) => [gtid.domain, gtid]))),
			)
		);
	};

	test("of binary logs are kept by server and domain", async () => {
		const state = gtids(([inDomain, from]) => `${inDomain}-${from}`);
		for (const text of fc.sample(state, 15)) {
			await connection.query("RESET MASTER");
			await connection.query("SET GLOBAL gtid_binlog_state = ?", [text]);
			const asServer = parseBinlogState(await shown("gtid_binlog_state"));
			expect(printGtidPosition(parseBinlogState(text))).toBe(
				printGtidPosition(asServer),
			);
		}
	});
});
