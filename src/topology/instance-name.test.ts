import { expect, it } from "vitest";
import { compareNames, parseInstanceName, splitName } from "./instance-name.ts";

it.each([
	["db1:3307", "db1:3307"],
	["db1", "db1:3306"],
	["10.0.0.1:1", "10.0.0.1:1"],
	["[::1]:3307", "::1:3307"],
	["[fe80::2]", "fe80::2:3306"],
	["fe80::2", "fe80::2:3306"],
	["//db1:3307", "//db1:3307"],
	["db1:0", undefined],
	["db1:65536", undefined],
	["db1:x", undefined],
	["-db", undefined],
	["a b", undefined],
	["", undefined],
])("reads %s as %s", (text, name) => {
	expect(parseInstanceName(text, 3306)).toBe(name);
});

it("splits and orders names, ports as numbers", () => {
	expect(splitName("::1:3306")).toEqual({ host: "::1", port: 3306 });
	expect(["b:1", "a:10", "a:9"].sort(compareNames)).toEqual([
		"a:9",
		"a:10",
		"b:1",
	]);
});
