import { expect, test } from "vitest";
import { oneStatement } from "./configured-queries.ts";

test.each([
	["select 1;", "select 1"],
	[" ( select ';' ) ; ; ", " ( select ';' )"],
	["select 1 -- last", "select 1 -- last"],
	[
		"with x as (select 1) select * from x",
		"with x as (select 1) select * from x",
	],
	["select 1; drop table x", undefined],
	["select 1 /* open", undefined],
	["call meta.alias()", undefined],
	["", undefined],
])("%j as one statement is %j", (query, sql) => {
	expect(oneStatement(query)).toBe(sql);
});
