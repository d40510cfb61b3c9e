import { isIP } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
	clusterFilterPattern,
	createHostFilter,
	createHostNameFilter,
	isIpLiteral,
	matchesClusterFilters,
} from "./filters.ts";

test("tells IP addresses as the network library does", () => {
	const part = fc.constantFrom("0", "1", "25", "256", "ff", "abcd", "", "01");
	const text = fc.oneof(
		fc.ipV4(),
		fc.ipV6(),
		fc.array(part, { maxLength: 9 }).map((parts) => parts.join(":")),
		fc.array(part, { maxLength: 5 }).map((parts) => parts.join(".")),
	);
	fc.assert(
		fc.property(text, (address) => {
			expect([address, isIpLiteral(address)]).toEqual([
				address,
				isIP(address) !== 0,
			]);
		}),
		{ numRuns: 2000 },
	);
});

test("an IP filter equals the host, any other is searched in host:port", () => {
	const matches = createHostFilter([
		"10.0.0.1",
		"a_host.*example",
		":3307$",
		"(",
	]);
	expect(matches({ host: "10.0.0.1", port: 1 })).toBe(true);
	expect(matches({ host: "10.0.0.12", port: 1 })).toBe(false);
	expect(matches({ host: "a_host-2.example.com", port: 1 })).toBe(true);
	expect(matches({ host: "db", port: 3307 })).toBe(true);
	expect(matches({ host: "db", port: 3306 })).toBe(false);
});

test("the recovery filter sees the host name alone", () => {
	expect(createHostNameFilter([":3306"])("db")).toBe(false);
	expect(createHostNameFilter(["^db$"])("db")).toBe(true);
});

const cluster = { name: "db1.ams:3306", alias: "shop" };

test.each([
	[[], false],
	[[""], false],
	[["*"], true],
	[["db1.ams:3306"], true],
	[["shop"], true],
	[["sho"], false],
	[["alias=shop"], true],
	[["alias=sho"], false],
	[["alias~=^sh"], true],
	[["alias~=("], false],
	[["ams"], true],
	[["nope", "ams:3306$"], true],
])("%j names the cluster: %s", (filters, expected) => {
	expect(matchesClusterFilters(filters, cluster)).toBe(expected);
});

test("an empty entry does not name a cluster without alias", () => {
	expect(matchesClusterFilters([""], { name: "x:1", alias: "" })).toBe(false);
});

test("the pattern within a cluster filter", () => {
	expect(["*", "alias=(", "alias~=a+", "b+"].map(clusterFilterPattern)).toEqual(
		[undefined, undefined, "a+", "b+"],
	);
});

test("hosts and names of clusters are in lower case, whatever a filter is written in; aliases are not", () => {
	const matches = createHostFilter(["^DB1", "0:0::1", "::FFFF:10.0.0.1"]);
	for (const host of ["db1.example", "::1", "10.0.0.1"])
		expect([host, matches({ host, port: 3306 })]).toEqual([host, true]);
	expect(createHostNameFilter(["Example$"])("db1.example")).toBe(true);
	const cluster = { name: "db1.example:3306", alias: "Shop" };
	for (const filter of ["DB1.Example:3306", "^DB1", "Shop", "alias~=^Sh"])
		expect([filter, matchesClusterFilters([filter], cluster)]).toEqual([
			filter,
			true,
		]);
	for (const filter of ["shop", "alias~=^sh"])
		expect([filter, matchesClusterFilters([filter], cluster)]).toEqual([
			filter,
			false,
		]);
});
