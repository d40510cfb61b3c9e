import { describe, expect, test } from "vitest";
import { type InstanceName, instanceName } from "../topology/instance-name.ts";
import { fuzzyMatch, splitInstances } from "./instances.ts";

describe("lists", () => {
	test.each<[string, string[]]>([
		["", [""]],
		["db1", ["db1"]],
		["db1, db2\tdb3\r\ndb4", ["db1", "db2", "db3", "db4"]],
		[" , ", []],
	])("%j", (text, tokens) => {
		expect(splitInstances(text)).toEqual(tokens);
	});
});

describe("the fuzzy match", () => {
	const known: InstanceName[] = ["db1.ny:3306", "db2.ny:3306", "db2.ny:3307"];
	test.each<[string, InstanceName, InstanceName]>([
		["one hit replaces the input", "db1:3306", "db1.ny:3306"],
		["the port must be equal", "db1:3307", "db1:3307"],
		["several hits keep the input", "db:3306", "db:3306"],
		["no hit keeps the input", "web:3306", "web:3306"],
		["an underscore is a wildcard", "db_.ny:3307", "db2.ny:3307"],
		["a dot is a dot", "db1xny:3306", "db1xny:3306"],
		["case does not count", instanceName("DB1", 3306), "db1.ny:3306"],
	])("%s", (_, given, found) => {
		expect(fuzzyMatch(given, known)).toBe(found);
	});

	test("an address is taken literally", () => {
		expect(fuzzyMatch("10.0.0.1:3306", ["110.0.0.1:3306"])).toBe(
			"10.0.0.1:3306",
		);
	});
});
