import { describe, expect, test } from "vitest";
import type { ClusterRecord } from "../store/contract.ts";
import { type InstanceName, instanceName } from "../topology/instance-name.ts";
import { nearClusters } from "./clusters.ts";
import { fuzzyMatch, matchesInWords, splitInstances } from "./instances.ts";

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

/** As on one machine: the host says nothing. */
const SHARING: InstanceName[] = [
	"127.0.0.1:13613",
	"127.0.0.1:13915",
	"127.0.0.1:21336",
];

describe("one that is not known", () => {
	const known: InstanceName[] = [...SHARING, "db1.ny:3306"];
	test.each<[string, InstanceName, string]>([
		["by a like host", "db1.yn:3306", "; did you mean db1.ny:3306?"],
		[
			"by the only server of a host",
			"db1.ny:13",
			"; did you mean db1.ny:3306?",
		],
		[
			"by a port that is mistyped",
			"127.0.0.1:13163",
			"; did you mean 127.0.0.1:13613?",
		],
		["by no port of another server", "127.0.0.1:1", ""],
		["not even by many", "127.0.0.1:9", ""],
	])("is told %s", (_, given, near) => {
		expect(matchesInWords(given, known)).toBe(
			`no known instance matches${near}`,
		);
	});

	test("and so is a cluster, which goes by the name of its primary", () => {
		const clusters = SHARING.map(
			(clusterName, nth): ClusterRecord => ({
				identity: `${nth}`,
				clusterName,
				alias: nth === 0 ? "shop" : clusterName,
				domain: "",
				epoch: 1,
			}),
		);
		expect(nearClusters(clusters, "127.0.0.1:1")).toBe("");
		expect(nearClusters(clusters, "127.0.0.1:13951")).toBe(
			"; did you mean 127.0.0.1:13915?",
		);
		expect(nearClusters(clusters, "shpo")).toBe("; did you mean shop?");
		expect(nearClusters(clusters, "13915")).toBe(
			"; did you mean 127.0.0.1:13915?",
		);
	});
});
