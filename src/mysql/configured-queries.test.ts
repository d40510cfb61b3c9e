import { expect, test } from "vitest";
import { oneStatement, readConfigured } from "./configured-queries.ts";

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

const lagBy = (value: string) => {
	const { lagSeconds, findings } = readConfigured(
		{ lag: "select lag" },
		{ lag: [{ value }] },
	);
	return { lagSeconds, says: findings.map(({ says }) => says) };
};

test.each([
	["7", 7],
	["0.4", 0],
	["-0.3", 0],
])("a lag of %s seconds is %s, and nothing is said", (given, lagSeconds) => {
	expect(lagBy(given)).toEqual({ lagSeconds, says: [] });
});

test.each([
	["-5", 0, /gave '-5', which is below zero: the lag is taken as 0/],
	["18446744073709551611", null, /which no lag can be.* as unknown/],
	["9223372036854775808", null, /no lag can be/],
	["1e300", null, /no lag can be/],
	["late", undefined, /which is no number: it is passed over/],
])("a lag of %s seconds is %s, and it is said", (given, lagSeconds, says) => {
	expect(lagBy(given)).toEqual({
		lagSeconds,
		says: [expect.stringMatching(says)],
	});
});

test.each([
	["3", 3, undefined],
	["", 0, undefined],
	["-1", 0, /gave '-1', which is no priority from 0 to 255: it is taken as 0/],
	["18446744073709551615", 255, /it is taken as 255/],
	["high", 0, /no number/],
])("a semi-sync priority of '%s' is %s", (given, priority, says) => {
	const { semiSyncPriority, findings } = readConfigured(
		{ semiSync: "select priority" },
		{ semiSync: [{ value: given }] },
	);
	expect(semiSyncPriority).toBe(priority);
	expect(findings.map((each) => each.says)).toEqual(
		says === undefined ? [] : [expect.stringMatching(says)],
	);
});
