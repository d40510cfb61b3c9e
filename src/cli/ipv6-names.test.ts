import fc from "fast-check";
import { expect, test } from "vitest";
import { instanceName, parseInstanceName } from "../topology/instance-name.ts";
import { withBrackets } from "./ipv6-names.ts";

test.each([
	["::1:3306", "[::1]:3306"],
	["2001:db8::5:3306<::1:3307\n", "[2001:db8::5]:3306<[::1]:3307\n"],
	["+ fe80::2:3306   [0s,ok]", "+ [fe80::2]:3306   [0s,ok]"],
	["moved ::1:3306, then ::2:3306.", "moved [::1]:3306, then [::2]:3306."],
	["::1:3306: connect ECONNREFUSED", "[::1]:3306: connect ECONNREFUSED"],
	["2001:db8:0:1:1:1:1:1:3306", "[2001:db8:0:1:1:1:1:1]:3306"],
])("%j is printed as %j", (text, printed) => {
	expect(withBrackets(text)).toBe(printed);
	expect(withBrackets(printed)).toBe(printed);
});

test.each([
	"db1:3306 10.0.0.1:3306 127.0.0.1:3307",
	"2026-11-30T11:32:10.123Z 11:32:10",
	"mysql-bin.000123:4567",
	"3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:7",
	"/api/instance/::1/3306 http://[::1]:3000/",
	"a::b::1:3306x",
	"::1",
])("%j stays", (text) => {
	expect(withBrackets(text)).toBe(text);
});

test("whatever is printed is read as the server that it names", () => {
	fc.assert(
		fc.property(fc.ipV6(), fc.integer({ min: 1, max: 65535 }), (host, port) => {
			const name = instanceName(host, port);
			expect(parseInstanceName(withBrackets(name), 3306)).toBe(name);
		}),
	);
});
