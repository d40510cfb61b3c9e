import { expect, test } from "vitest";
import { NOW, running, seen } from "../../../test/support/made-up-servers.ts";
import { analyse } from "../../analysis/analysis.ts";
import { ANALYSIS_DEFAULTS } from "../../analysis/facts.ts";
import { type Instance, unknownInstance } from "../../topology/instance.ts";
import type { Snapshot } from "../../topology/snapshot.ts";
import { analysisLine, belowLine, coordinatesText } from "./lines.ts";

const snapshot = (instances: readonly Instance[]): Snapshot => ({
	identity: "c",
	clusterName: "db1:3306",
	clusterAlias: "c",
	clusterDomain: "",
	takenAtMs: NOW,
	instances,
	downtimes: [],
	maintained: [],
	staleCoordinates: [],
});

const dead = unknownInstance("db1", 3306);
const below = (host: string) =>
	seen(host, {
		replication: {
			...running("db1"),
			receiver: 2,
			usingOracleGtid: true,
		},
	});

test("a finding's line has the code, then the structure warnings", () => {
	const entries = analyse(
		snapshot([dead, below("db2"), below("db3")]),
		ANALYSIS_DEFAULTS,
	);
	expect(entries.slice(0, 1).map(analysisLine)).toEqual([
		"db1:3306 (cluster db1:3306): DeadMaster, NoLoggingReplicasStructureWarning",
	]);
});

test("small texts", () => {
	expect(belowLine("db7:3306", "db1:3306")).toBe("db7:3306<db1:3306");
	expect(coordinatesText({ file: "mysql-bin.000167", position: 12 })).toBe(
		"mysql-bin.000167:12",
	);
});
