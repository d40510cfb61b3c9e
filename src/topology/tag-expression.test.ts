import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BatonError } from "../errors.ts";
import type { InstanceName } from "./instance-name.ts";
import {
	type InstanceTag,
	instancesTagged,
	parseTag,
	parseTagExpression,
	parseTagTerm,
	tagText,
} from "./tag-expression.ts";

const tag = (
	instance: InstanceName,
	name: string,
	value = "",
): InstanceTag => ({
	instance,
	name,
	value,
});

const TAGS = [
	tag("db1:3306", "role", "backup"),
	tag("db1:3306", "spare"),
	tag("db2:3306", "role", "report"),
	tag("db10:3306", "role", "backup"),
	tag("db3:3306", "spare", "no"),
];

describe("tagged", () => {
	test.each<[string, string[]]>([
		["role", ["db10:3306", "db1:3306", "db2:3306"]],
		["role=backup", ["db10:3306", "db1:3306"]],
		["role=backup\n", ["db10:3306", "db1:3306"]],
		["~role", ["db3:3306"]],
		["!role", ["db3:3306"]],
		["~role=backup", ["db2:3306"]],
		["spare=", ["db1:3306"]],
		["~spare=", ["db3:3306"]],
		["role,spare", ["db1:3306"]],
		[" role=backup , !spare ", ["db10:3306"]],
		["role,~role", []],
		["nothing", []],
		["~nothing", ["db10:3306", "db1:3306", "db2:3306", "db3:3306"]],
	])("%j", (text, expected) => {
		expect(instancesTagged(parseTagExpression(text), TAGS)).toEqual(expected);
	});
});

describe("terms", () => {
	test("the first = parts name and value, the rest belongs to the value", () => {
		expect(parseTag("query=a=b,c")).toEqual({
			name: "query",
			value: "a=b,c",
			isNegated: false,
		});
		expect(parseTag("spare")).toMatchObject({ value: undefined });
		expect(parseTag("spare=")).toMatchObject({ value: "" });
		expect(tagText(tag("x:1", "spare"))).toBe("spare=");
	});

	test.each([
		"",
		" ",
		"=",
		"=v",
		"~",
		"~=v",
		"a\nb",
		"a=\u0000",
		"n".repeat(129),
		`n=${"v".repeat(129)}`,
	])("%j is refused", (text) => {
		expect(() => parseTag(text)).toThrow(/^cannot read .* as a tag: /);
	});

	test("an expression with an empty term is refused", () => {
		expect(() => parseTagExpression("role,")).toThrow("it has no name");
	});

	test("a tag to be set is not negated", () => {
		expect(() => parseTag("!role")).toThrow("this names one tag");
	});

	test("any text is a term or a BadInput", () => {
		fc.assert(
			fc.property(fc.string(), (text) => {
				try {
					expect(parseTagTerm(text).name).not.toBe("");
				} catch (error) {
					expect(error).toBeInstanceOf(BatonError);
				}
			}),
		);
	});
});

describe("selections, for any tags", () => {
	const name = fc.constantFrom("role", "spare", "rack");
	const value = fc.constantFrom("", "a", "b");
	const tags = fc.uniqueArray(
		fc.record({
			instance: fc.constantFrom("db1:1", "db2:1", "db3:1", "db4:1"),
			name,
			value,
		}),
		{ selector: (each) => `${each.instance} ${each.name}` },
	);
	const select = (text: string, all: readonly InstanceTag[]) =>
		instancesTagged(parseTagExpression(text), all);
	const union = (...lists: readonly string[][]) =>
		[...new Set(lists.flat())].sort();

	test("a term and its contrary part the instances among them", () => {
		fc.assert(
			fc.property(tags, name, value, (all, n, v) => {
				const tagged = union(all.map((each) => each.instance));
				expect(union(select(n, all), select(`~${n}`, all))).toEqual(tagged);
				expect(select(`${n},!${n}`, all)).toEqual([]);
				expect(
					union(select(`${n}=${v}`, all), select(`~${n}=${v}`, all)),
				).toEqual(select(n, all));
			}),
		);
	});

	test("a list selects what each of its terms selects", () => {
		const term = fc
			.tuple(fc.constantFrom("", "~", "!"), name, fc.option(value))
			.map(([not, n, v]) => `${not}${n}${v === null ? "" : `=${v}`}`);
		fc.assert(
			fc.property(tags, term, term, (all, a, b) => {
				const both = new Set(select(b, all));
				expect(select(`${a},${b}`, all)).toEqual(
					select(a, all).filter((each) => both.has(each)),
				);
				expect(select(`${b},${a}`, all)).toEqual(select(`${a},${b}`, all));
			}),
		);
	});

	test("a tag that was written is read back", () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), (n, v) => {
				const text = tagText({ name: n, value: v });
				fc.pre(
					n !== "" &&
						!/[=~!]/.test(n + v) &&
						text === text.trim() &&
						!/\p{Cc}/u.test(text),
				);
				expect(parseTag(text)).toEqual({ name: n, value: v, isNegated: false });
			}),
		);
	});
});
