import { expect, test } from "vitest";
import { matchesClusterFilters } from "../../config/filters.ts";
import { clusterInfoJson } from "./cluster-info.ts";

test.each([
	["db1:3306", true],
	["orders", true],
	["alias=orders", true],
	["alias=order", false],
	["alias~=^ord", true],
	["alias~=(?i)^ORDERS$", true],
	["alias~=^(?!test)", false],
	["*", true],
	["^db1", true],
	["(?i)^DB1", true],
	["ord", false],
	["(", false],
	["", false],
])("filter %s is told as policy reads it: %s", (filter, expected) => {
	const told = clusterInfoJson(
		{ clusterName: "db1:3306", alias: "orders", domain: "" },
		{
			RecoverMasterClusterFilters: [filter],
			RecoverIntermediateMasterClusterFilters: [filter],
		},
	);
	expect(told).toMatchObject({
		HasAutomatedMasterRecovery: expected,
		HasAutomatedIntermediateMasterRecovery: expected,
	});
	expect(
		matchesClusterFilters([filter], { name: "db1:3306", alias: "orders" }),
	).toBe(expected);
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
