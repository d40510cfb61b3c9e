import { describe, expect, it } from "vitest";
import {
	failing,
	gtids,
	PROMOTION,
	replica,
	replicating,
	server,
	snapshotOf,
	uuid,
} from "../../test/support/made-up-servers.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { planRelocation } from "./relocation-plan.ts";

const primary = server("p", 1);
const a = replica("a", 2);
const b = replica("b", 3);

const plan = (
	instances: readonly Instance[],
	instance: InstanceName = "a:3306",
	below: InstanceName = "b:3306",
) => planRelocation(snapshotOf(instances), { instance, below }, PROMOTION);

it("moves a replica below its sibling", () => {
	expect(plan([primary, a, b])).toEqual({
		refusal: "",
		instance: "a:3306",
		from: "p:3306",
		below: "b:3306",
		sourceHas: gtids(100),
	});
});

it("moves below a lagging sibling, which will get the rest from the primary", () => {
	const lagging = replica(
		"b",
		3,
		{ executedGtid: gtids(10) },
		{ retrievedGtid: gtids(20) },
	);
	expect(plan([primary, a, lagging]).refusal).toBe("");
	const unknownToAll = { ...a, executedGtid: gtids(120) };
	expect(plan([primary, unknownToAll, lagging]).refusal).toContain(
		`a:3306 has transactions that b:3306 lacks: ${uuid(1)}:21-120`,
	);
});

describe("a relocation is refused", () => {
	it("while the replica is under maintenance", () => {
		const held = snapshotOf([primary, a, b], { maintained: ["a:3306"] });
		const move = (instance: InstanceName, below: InstanceName) =>
			planRelocation(held, { instance, below }, PROMOTION).refusal;
		expect(move("a:3306", "b:3306")).toContain("is under maintenance");
		expect(move("b:3306", "a:3306")).toBe("");
	});

	const away = { check: failing("timeout") };
	it.each<[string, Instance[], InstanceName?, InstanceName?]>([
		["a:3306 is not in cluster p:3306", [primary, b]],
		["b:3306 is not in cluster p:3306", [primary, a]],
		["a:3306 cannot be reached: timeout", [primary, { ...a, ...away }, b]],
		["b:3306 cannot be reached: timeout", [primary, a, { ...b, ...away }]],
		[
			"p:3306 is not a replica; use graceful-master-takeover",
			[primary, a, b],
			"p:3306",
		],
		[
			"b:3306 is a descendant of a:3306",
			[primary, a, { ...b, replication: replicating("a") }],
		],
		["it is a descendant", [primary, a, b], "a:3306", "a:3306"],
		["writes no binary log", [primary, a, { ...b, logBin: false }]],
		[
			"only relocation by GTID is built",
			[
				primary,
				{ ...a, replication: { ...a.replication, usingOracleGtid: false } },
				b,
			],
		],
		[
			`b:3306 has purged transactions that a:3306 needs: ${uuid(1)}:101-150`,
			[primary, a, { ...b, purgedGtid: gtids(150), executedGtid: gtids(150) }],
		],
	])("because: %s", (says, instances, instance, below) => {
		const { refusal } = plan(instances, instance, below);
		if (instance === below && instance !== undefined)
			expect(refusal).not.toBe("");
		else expect(refusal).toContain(says);
	});

	it("in a ring too, without walking it for ever", () => {
		const ring = { ...primary, replication: replicating("b") };
		expect(plan([ring, a, b], "p:3306", "a:3306").refusal).toContain(
			"descendant",
		);
		expect(plan([ring, a, b], "a:3306", "b:3306").refusal).toBe("");
	});
});
