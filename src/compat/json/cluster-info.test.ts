import { expect, test } from "vitest";
import { matchesClusterFilters } from "./cluster-filter.ts";
import { clusterInfoJson } from "./cluster-info.ts";

const cluster = { name: "db1:3306", alias: "orders" };

test.each([
	["db1:3306", true],
	["orders", true],
	["alias=orders", true],
	["alias=order", false],
	["alias~=^ord", true],
	["*", true],
	["^db1", true],
	["ord", false],
	["(", false],
	["", false],
])("filter %s matches by name, alias or pattern: %s", (filter, expected) => {
	expect(matchesClusterFilters(cluster, [filter])).toBe(expected);
});

test("the alias falls back to the name, and no filter means no automatic recovery", () => {
	expect(
		clusterInfoJson(
			{ clusterName: "db1:3306", alias: "", domain: "", countInstances: 3 },
			{
				RecoverMasterClusterFilters: [],
				RecoverIntermediateMasterClusterFilters: ["*"],
			},
		),
	).toEqual({
		ClusterName: "db1:3306",
		ClusterAlias: "db1:3306",
		ClusterDomain: "",
		CountInstances: 3,
		HeuristicLag: 0,
		HasAutomatedMasterRecovery: false,
		HasAutomatedIntermediateMasterRecovery: true,
	});
});
