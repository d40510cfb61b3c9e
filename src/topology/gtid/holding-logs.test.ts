import { describe, expect, test } from "vitest";
import { holdingLogs } from "./holding-logs.ts";

const U = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
const V = "4e11fa47-71ca-11e1-9e33-c80aa9429562";

describe("binary logs that hold transactions", () => {
	const mysql = [
		{ file: "bin.3", before: `${U}:1-10` },
		{ file: "bin.4", before: `${U}:1-20,${V}:1` },
		{ file: "bin.5", before: `${U}:1-20,${V}:1` },
		{ file: "bin.6", before: `${U}:1-30,${V}:1` },
	];
	test.each<[string, string, string[], string]>([
		["in one", `${V}:1`, ["bin.3"], ""],
		[
			"over several, none of the empty one",
			`${U}:19-21`,
			["bin.3", "bin.5"],
			"",
		],
		["in the last", `${U}:31`, ["bin.6"], ""],
		["partly purged", `${U}:10-11`, ["bin.3"], `${U}:10`],
		["purged", `${U}:1-10`, [], `${U}:1-10`],
	])("MySQL: %s", (_, wanted, files, purged) => {
		expect(holdingLogs("mysql", wanted, mysql)).toEqual({ files, purged });
	});

	const mariadb = [
		{ file: "bin.3", before: "0-1-10" },
		{ file: "bin.4", before: "0-1-20,0-2-7" },
		{ file: "bin.5", before: "0-1-20,0-2-9,1-1-4" },
	];
	test.each<[string, string, string[], string]>([
		["in one", "0-2-8", ["bin.4"], ""],
		["over several", "0-2-7,1-1-5", ["bin.3", "bin.5"], ""],
		["purged", "0-1-10", [], "0-1-10"],
	])("MariaDB: %s", (_, wanted, files, purged) => {
		expect(holdingLogs("mariadb", wanted, mariadb)).toEqual({ files, purged });
	});

	test("a server without binary logs holds nothing", () => {
		for (const [family, wanted] of [
			["mysql", `${U}:5`],
			["mariadb", "0-1-5"],
		] as const)
			expect(holdingLogs(family, wanted, [])).toEqual({
				files: [],
				purged: wanted,
			});
	});
});
