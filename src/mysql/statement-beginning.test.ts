import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { statementBeginning } from "./statement-beginning.ts";

describe("how a statement begins", () => {
	it.each([
		["", ""],
		["  COMMIT ", "COMMIT"],
		[
			"UPDATE `my accounts` SET name='O''Hara', balance = -12.5e3\n\tWHERE id=0x1F",
			"UPDATE `my accounts` SET name=?, balance = -? WHERE id=?",
		],
		['SELECT "a""b", col1, t2.c3 FROM t2', "SELECT ?, col1, t2.c3 FROM t2"],
		["ALTER USER app IDENTIFIED BY 'secret", "ALTER USER app IDENTIFIED BY ?"],
		[
			"/* token=abc */ DELETE FROM t -- pw: x\n WHERE a = 1 # y",
			"DELETE FROM t WHERE a = ?",
		],
		["/*! SET PASSWORD = 'x' */ DO 1", "DO ?"],
		["SELECT 5--1", "SELECT ?--?"],
		["INSERT INTO t VALUES ('a\\', 'secret')", "INSERT INTO t VALUES (?…"],
		["SELECT x'4142', _utf8mb4'abc', N'x'", "SELECT x?, _utf8mb4?, N?"],
		["INSERT INTO t VALUES ('\u001b[31m')", "INSERT INTO t VALUES (?)"],
		["DO \u001b[31m", "DO [?"],
	])("%s", (sql, beginning) => {
		expect(statementBeginning(sql)).toBe(beginning);
	});

	it("is short", () => {
		const text = statementBeginning(`ALTER TABLE ${"x".repeat(5_000)}`);
		expect(text).toHaveLength(81);
	});

	it("tells no value, wherever the statement was cut", () => {
		const SECRET = "hunter2hunter2";
		fc.assert(
			fc.property(
				fc.array(
					fc.constantFrom(
						"'",
						'"',
						"`",
						"\\",
						" ",
						"/*",
						"*/",
						"-- ",
						"#",
						"\n",
						"a",
						"=",
						"7",
					),
				),
				fc.constantFrom("'", '"'),
				fc.nat(),
				(noise, quote, cut) => {
					// A whole string of its own behind any noise that is balanced, as a server runs it.
					const before = noise.join("");
					const sql = `SELECT 1, ${quote}${SECRET}${quote}, 2 ${before}`;
					expect(
						statementBeginning(sql.slice(0, 1 + (cut % sql.length))),
					).not.toContain("hunter");
				},
			),
		);
	});
});
