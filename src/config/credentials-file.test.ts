import fc from "fast-check";
import { expect, test } from "vitest";
import { BatonError } from "../errors.ts";
import { parseCredentials } from "./credentials-file.ts";

const parse = (text: string) => parseCredentials("/etc/account.cnf", text);

test.each([
	["[client]\nuser=a\npassword=b\n", "a", "b"],
	[
		"# top\n; too\n[CLIENT] # here\r\n User = a \r\nPASSWORD =  b c  ; no\r\n",
		"a",
		"b c",
	],
	["[client]\nuser=a\n", "a", ""],
	["[client]\npassword=\n", "", ""],
	["", "", ""],
	["[client]\npassword=a#b", "", "a"],
	['[client]\npassword="a#b; c "', "", "a#b; c "],
	['[client]\npassword="\\\\ \\" \\n \\t"', "", '\\ " \n \t'],
	["[client]\npassword='x'", "", "'x'"],
	['[client]\npassword=a" "b', "", "a b"],
	["[client]\nuser=a\nuser=b", "b", ""],
])("%j", (text, user, password) => {
	expect(parse(text)).toEqual({ user, password });
});

test.each([
	["[client]\nhost=h", "line 2: only user and password"],
	["[mysql]\nuser=a", "line 1: only the section [client]"],
	['[client "x"]\nuser=a', "line 1: not a section header"],
	["user=a", "line 1: stands before the section"],
	["!include /x", "line 1: stands before"],
	["[client]\n!include /x", "line 2: not a section header, comment"],
	["[client]\nuser", "line 2: not a section header, comment"],
	["[client]\npassword=a\\b", "a backslash must stand in double quotes"],
	['[client]\npassword="a', "double quotes are not closed"],
	['[client]\npassword="\\x"', "unknown escape"],
])("refuses %j", (text, message) => {
	expect(() => parse(text)).toThrow(message);
	expect(() => parse(text)).toThrow("/etc/account.cnf");
});

test("never throws anything but BatonError, and never quotes a value", () => {
	const line = fc.oneof(
		fc.string(),
		fc.string().map((value) => `password = ${value}`),
		fc.constantFrom("[client]", "[mysql]", 'password = "s3cret', "x = s3cret"),
	);
	fc.assert(
		fc.property(fc.array(line), (lines) => {
			try {
				parse(["[client]", ...lines].join("\n"));
			} catch (error) {
				expect(error).toBeInstanceOf(BatonError);
				expect(String(error)).not.toContain("s3cret");
			}
		}),
		{ numRuns: 500 },
	);
});

test("a quoted value is read back as it was", () => {
	fc.assert(
		fc.property(fc.string(), (password) => {
			const escaped = password
				.replace(/[\\"]/g, "\\$&")
				.replaceAll("\n", "\\n")
				.replaceAll("\t", "\\t");
			expect(parse(`[client]\npassword="${escaped}"`).password).toBe(password);
		}),
	);
});
