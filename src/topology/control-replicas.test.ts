import { describe, expect, test } from "vitest";
import { LOGGING, seen } from "../../test/support/made-up-servers.ts";
import {
	ghostReplicas,
	greatestLagSeconds,
	schemaChangeReplicas,
} from "./control-replicas.ts";
import { type Instance, NO_REPLICATION, unknownInstance } from "./instance.ts";
import { instanceName } from "./instance-name.ts";

const member = (
	host: string,
	source: string,
	depth: number,
	replicas: readonly string[] = [],
	more: Partial<Instance> = {},
): Instance =>
	seen(host, {
		...LOGGING,
		depth,
		replicas: replicas.map((each) => instanceName(each, 3306)),
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
	member("db1", "", 0, ["im1", "im2", "im3", "leaf1", "leaf2", "leaf3"]),
	member("im3", "db1", 1, ["c1"]),
	member("im2", "db1", 1, ["b1", "b2"]),
	member("im1", "db1", 1, ["a1", "a2", "a9"]),
	member("leaf2", "db1", 1),
	member("leaf1", "db1", 1),
	member("leaf3", "db1", 1),
	member("a1", "im1", 2),
	member("a2", "im1", 2, ["a3", "a5", "a6"]),
	member("b1", "im2", 2),
	member("b2", "im2", 2),
	member("c1", "im3", 2),
	member("a5", "a2", 3),
	member("a6", "a2", 3),
	member("a3", "a2", 3, ["a4"]),
	member("a4", "a3", 4),
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
					? {
							...each,
							check: {
								...each.check,
								checkedAtMs: each.check.seenAtMs + 1,
							},
						}
					: each,
		);
		expect(
			hosts(schemaChangeReplicas(members, (each) => each.host === "im1")),
		).toEqual(["im2", "im3", "b1", "c1", "a3", "a5", "leaf2", "leaf3"]);
	});

	test("no replica, no control replica", () => {
		expect(schemaChangeReplicas([member("db1", "", 0)], none)).toEqual([]);
	});
});

test("gh-ost: row events of replicas that log them, fewest replicas first", () => {
	const members = [
		member("db1", "", 0, ["busy", "leaf"]),
		member("busy", "db1", 1, ["x"]),
		member("leaf", "db1", 1),
		member("mixed", "db1", 1, [], { binlogFormat: "MIXED" }),
		member("quiet", "db1", 1, [], { logReplicaUpdates: false }),
		member("nolog", "db1", 1, [], { logBin: false }),
		member("unseen", "db1", 1, [], { check: unknownInstance("x", 1).check }),
		member("relay", "db1", 1, [], { isBinlogServer: true }),
	];
	expect(hosts(ghostReplicas(members))).toEqual(["leaf", "busy"]);
});

describe("the lag of a cluster", () => {
	test("is the greatest of its control replicas, not of all", () => {
		expect(greatestLagSeconds(schemaChangeReplicas(CLUSTER, none))).toBe(3);
	});

	test("counts only what is known", () => {
		const replicas = [
			member("a", "db1", 1, [], { lagSeconds: null }),
			member("b", "db1", 1, [], { lagSeconds: 5 }),
		];
		expect(greatestLagSeconds(replicas)).toBe(5);
		expect(greatestLagSeconds(replicas.slice(0, 1))).toBeUndefined();
		expect(greatestLagSeconds([])).toBeUndefined();
	});
});
