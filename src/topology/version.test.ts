import { expect, it } from "vitest";
import {
	compareMajorVersions,
	compareVersions,
	flavorOf,
	majorVersionOf,
	parseVersion,
} from "./version.ts";

it("reads the numbers", () => {
	expect(parseVersion("8.0.35-27-log")).toEqual([8, 0, 35]);
	expect(parseVersion("5.5.5-10.11.6-MariaDB-1:10.11.6+maria~deb12")).toEqual([
		10, 11, 6,
	]);
	expect(parseVersion("5.5.5")).toEqual([5, 5, 5]);
	expect(parseVersion("nonsense")).toEqual([0, 0, 0]);
	expect(majorVersionOf("8.4.3")).toBe("8.4");
	expect(majorVersionOf("")).toBe("");
});

it("compares as numbers", () => {
	expect(compareVersions("8.0.9", "8.0.22")).toBeLessThan(0);
	expect(compareVersions("10.2.1-MariaDB", "5.7.44")).toBeGreaterThan(0);
	expect(compareMajorVersions("8.0.9", "8.0.22")).toBe(0);
	expect(compareMajorVersions("8.4.0", "8.10.0")).toBeLessThan(0);
});

it.each([
	["8.4.3", "MySQL Community Server - GPL", "MySQL"],
	["10.11.6-MariaDB-log", "Debian 12", "MariaDB"],
	["10.6.1-custom", "MariaDB Server", "MariaDB"],
	["8.0.35-27", "Percona Server (GPL)", "Percona"],
	["2.5.0-maxscale", "", "MaxScale"],
	["", "", "unknown"],
])("flavour of %s, %s is %s", (version, comment, flavor) => {
	expect(flavorOf(version, comment)).toBe(flavor);
});
