import { expect, it } from "vitest";
import {
	asInstanceName,
	compareClusterNames,
	compareNames,
	foldClusterName,
	type InstanceName,
	instanceName,
	isInstanceName,
	parseInstanceName,
	splitName,
} from "./instance-name.ts";

it.each([
	["db1:3307", "db1:3307"],
	["db1", "db1:3306"],
	["10.0.0.1:1", "10.0.0.1:1"],
	["[::1]:3307", "::1:3307"],
	["::1:33077", "::1:33077"],
	["[fe80::2]", "fe80::2:3306"],
	["fe80::2", "fe80::2:3306"],
	["LocalHost:3307", "localhost:3307"],
	["[0:0:0:0:0:0:0:1]:3307", "::1:3307"],
	["[::ffff:127.0.0.1]:3307", "127.0.0.1:3307"],
	["0:0:0:0:0:0:0:1", "::1:3306"],
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
	expect(splitName(instanceName("::1", 3306))).toEqual({
		host: "::1",
		port: 3306,
	});
	const names: InstanceName[] = ["b:1", "a:10", "a:9"];
	expect(names.sort(compareNames)).toEqual(["a:9", "a:10", "b:1"]);
});

it.each(["db1:3306", "::1:3306", "//db1:1"])("takes %s as a name", (text) => {
	expect(asInstanceName(text)).toBe(text);
});

it.each([
	["DB1:3306", "db1:3306"],
	["[::1]:3306", "::1:3306"],
	["0:0::1:3306", "::1:3306"],
])("takes %s as %s", (text, name) => {
	expect(asInstanceName(text)).toBe(name);
	expect(isInstanceName(text)).toBe(false);
	expect(isInstanceName(name)).toBe(true);
	expect(foldClusterName(text)).toBe(name);
});

it.each(["", "db1", ":3306", "db1:", "db1:0", "db1:65536", "db1:1.5"])(
	"takes %j as none",
	(text) => {
		expect(() => asInstanceName(text)).toThrow(
			expect.objectContaining({ code: "BadInput" }),
		);
	},
);

it("orders names of clusters like those of instances, and any other text behind them", () => {
	expect(["b:1", "a:10", "zoo", "a:9", ""].sort(compareClusterNames)).toEqual([
		"a:9",
		"a:10",
		"b:1",
		"",
		"zoo",
	]);
});
