import { describe, expect, test } from "vitest";
import {
	ghostReplicas,
	greatestLagSeconds,
	heuristicLagSeconds,
	schemaChangeReplicas,
} from "./control-replicas.ts";
import { type Instance, NO_REPLICATION, unknownInstance } from "./instance.ts";
import { instanceName } from "./instance-name.ts";

const seen = (
	host: string,
	source: string,
	depth: number,
	replicas: readonly string[] = [],
	more: Partial<Instance> = {},
): Instance => ({
	...unknownInstance(host, 3306),
	check: {
		...unknownInstance(host, 3306).check,
		checkedAtMs: 1,
		seenAtMs: 1,
	},
	depth,
	replicas: replicas.map((each) => instanceName(each, 3306)),
	logBin: true,
	logReplicaUpdates: true,
	binlogFormat: "ROW",
	lagSeconds: depth,
	replication:
		source === ""
			? NO_REPLICATION
			: { ...NO_REPLICATION, sourceHost: source, sourcePort: 3306 },
	...more,
});

const hosts = (instances: readonly Instance[]): string[] =>
	instances.map((each) => each.host);
const none = () => false;

/** db1 ← im1 (a1 a2 ← a3 ← a4), im2 (b1 b2), im3 (c1), leaf1, leaf2, leaf3 */
const CLUSTER = [
	seen("db1", "", 0, ["im1", "im2", "im3", "leaf1", "leaf2", "leaf3"]),
	seen("im3", "db1", 1, ["c1"]),
	seen("im2", "db1", 1, ["b1", "b2"]),
	seen("im1", "db1", 1, ["a1", "a2", "a9"]),
	seen("leaf2", "db1", 1),
	seen("leaf1", "db1", 1),
	seen("leaf3", "db1", 1),
	seen("a1", "im1", 2),
	seen("a2", "im1", 2, ["a3", "a5", "a6"]),
	seen("b1", "im2", 2),
	seen("b2", "im2", 2),
	seen("c1", "im3", 2),
	seen("a5", "a2", 3),
	seen("a6", "a2", 3),
	seen("a3", "a2", 3, ["a4"]),
	seen("a4", "a3", 4),
];

describe("control replicas of a schema change", () => {
	test("two busiest intermediate sources, one replica of each, third tier, leaves", () => {
		expect(hosts(schemaChangeReplicas(CLUSTER, none))).toEqual([
			"im1",
			"im2",
			"a2",
			"b1",
			"a3",
			"a5",
			"leaf1",
			"leaf2",
		]);
	});

	test("two replicas of a single intermediate source", () => {
		const members = CLUSTER.filter(
			(each) => each.host !== "im2" && each.host !== "im3",
		);
		expect(hosts(schemaChangeReplicas(members, none)).slice(0, 3)).toEqual([
			"im1",
			"a2",
			"a1",
		]);
	});

	test("ignored, unseen and binlog servers give way to others", () => {
		const members = CLUSTER.map((each) =>
			each.host === "a2"
				? { ...each, isBinlogServer: true }
				: each.host === "leaf1"
					? { ...each, check: { ...each.check, checkedAtMs: 2 } }
					: each,
		);
		expect(
			hosts(schemaChangeReplicas(members, (each) => each.host === "im1")),
		).toEqual(["im2", "im3", "b1", "c1", "a3", "a5", "leaf2", "leaf3"]);
	});

	test("no replica, no control replica", () => {
		expect(schemaChangeReplicas([seen("db1", "", 0)], none)).toEqual([]);
	});
});

test("gh-ost: row events of replicas that log them, fewest replicas first", () => {
	const members = [
		seen("db1", "", 0, ["busy", "leaf"]),
		seen("busy", "db1", 1, ["x"]),
		seen("leaf", "db1", 1),
		seen("mixed", "db1", 1, [], { binlogFormat: "MIXED" }),
		seen("quiet", "db1", 1, [], { logReplicaUpdates: false }),
		seen("nolog", "db1", 1, [], { logBin: false }),
		seen("unseen", "db1", 1, [], { check: unknownInstance("x", 1).check }),
		seen("relay", "db1", 1, [], { isBinlogServer: true }),
	];
	expect(hosts(ghostReplicas(members))).toEqual(["leaf", "busy"]);
});

describe("the lag of a cluster", () => {
	test("is the greatest of its control replicas, not of all", () => {
		expect(heuristicLagSeconds(CLUSTER, none)).toBe(3);
	});

	test("counts only what is known", () => {
		const replicas = [
			seen("a", "db1", 1, [], { lagSeconds: null }),
			seen("b", "db1", 1, [], { lagSeconds: 5 }),
		];
		expect(greatestLagSeconds(replicas)).toBe(5);
		expect(greatestLagSeconds(replicas.slice(0, 1))).toBeUndefined();
		expect(heuristicLagSeconds([], none)).toBeUndefined();
	});
});
