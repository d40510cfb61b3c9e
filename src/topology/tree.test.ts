import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	failing,
	replica,
	running,
	server,
} from "../../test/support/made-up-servers.ts";
import { derive } from "./derive.ts";
import { NO_GROUP } from "./group-replication.ts";
import type { Instance } from "./instance.ts";
import { ancestorsOf, lineageOf } from "./lineage.ts";
import { clusterNameOf, primariesOf } from "./primary.ts";
import { buildTree, type TreeNode } from "./tree.ts";

/** An instance `h:port` below `h:source`. */
const at = (
	port: number,
	source = 0,
	rest: Partial<Instance> = {},
): Instance =>
	source === 0
		? server(`h:${port}`, port, { serverUuid: `u${port}`, ...rest })
		: replica(
				`h:${port}`,
				port,
				{ serverUuid: `u${port}`, ...rest },
				{ sourceHost: "h", sourcePort: source, sourceUuid: "" },
			);
const draw = (nodes: readonly TreeNode[]): string =>
	nodes
		.map(
			({ instance, children }) =>
				`${instance.port}${children.length > 0 ? `(${draw(children)})` : ""}`,
		)
		.join(" ");
const places = (instances: readonly Instance[]) =>
	derive(instances).map((i) => [
		i.port,
		i.clusterName,
		i.depth,
		i.isCoMaster,
		i.ancestryUuid,
	]);

describe("a plain tree", () => {
	const cluster = [at(10000, 1), at(9, 1), at(3, 9), at(1)];

	it("is drawn in order of host and numeric port", () => {
		expect(draw(buildTree(cluster))).toBe("1(9(3) 10000)");
	});

	it("goes by the recorded primary wherever that stands in it, unless its top is on record", () => {
		const names = (...recorded: string[]) =>
			new Set(
				derive([...cluster, at(7)], new Set(recorded)).map(
					(each) => `${each.port} ${each.clusterName}`,
				),
			);
		const goingBy = (name: string) =>
			new Set([...cluster.map(({ port }) => `${port} ${name}`), "7 h:7"]);
		expect(names()).toEqual(goingBy("h:1"));
		expect(names("h:3")).toEqual(goingBy("h:3"));
		expect(names("h:3", "h:1")).toEqual(goingBy("h:1"));
		expect(names("elsewhere:1")).toEqual(goingBy("h:1"));
	});

	it("is derived to the leaves at once", () => {
		expect(places(cluster)).toEqual([
			[10000, "h:1", 1, false, "u1,u10000"],
			[9, "h:1", 1, false, "u1,u9"],
			[3, "h:1", 2, false, "u1,u9,u3"],
			[1, "h:1", 0, false, "u1"],
		]);
	});

	it("tops a cluster with an instance whose source is not there", () => {
		expect(places([at(2, 1)])).toEqual([[2, "h:2", 0, false, "u2"]]);
	});

	it("finds the primary though a detached replica is writable", () => {
		const detached = at(2, 1, {
			readOnly: false,
			replication: running("//h:1"),
		});
		const derived = derive([
			detached,
			...cluster.map((i) => ({ ...i, readOnly: true })),
		]);
		expect(clusterNameOf(derived)).toBe("h:1");
		expect(primariesOf(derived, "h:1").map((i) => i.port)).toEqual([1]);
		expect(primariesOf(derived, "h:2").map((i) => i.port)).toEqual([2]);
		expect(clusterNameOf([])).toBe("");
	});
});

describe("rings", () => {
	const pair = [at(2, 1), at(1, 2, { readOnly: true }), at(3, 2)];

	it("draws co-primaries side by side", () => {
		expect(draw(buildTree(pair))).toBe("1 2(3)");
	});

	it("names a pair after the first, unless both carry a name already", () => {
		expect(places(pair)).toEqual([
			[2, "h:1", 1, true, "u1,u2"],
			[1, "h:1", 0, true, "u1"],
			[3, "h:1", 2, false, "u1,u2,u3"],
		]);
		const named = pair.map((i) => ({ ...i, clusterName: "h:2" }));
		expect(derive(named).map((i) => [i.clusterName, i.depth])).toEqual([
			["h:2", 0],
			["h:2", 1],
			["h:2", 1],
		]);
	});

	it("prefers the writable one of a pair", () => {
		const derived = derive(pair.map((i) => ({ ...i, readOnly: i.port !== 2 })));
		expect(primariesOf(derived, "h:1").map((i) => i.port)).toEqual([2, 1]);
	});

	it("cuts a longer ring above its head", () => {
		const ring = [at(1, 3), at(2, 1), at(3, 2), at(4, 4)];
		expect(draw(buildTree(ring))).toBe("1(2(3)) 4");
		expect(derive(ring).map((i) => i.isCoMaster)).toEqual([
			false,
			false,
			false,
			false,
		]);
	});
});

it("hangs a member that was expelled below the member that is the primary now", () => {
	const member = (
		port: number,
		memberRole: string,
		memberState: string,
		rest: Partial<Instance> = {},
	) =>
		at(port, 0, {
			group: { ...NO_GROUP, name: "g", memberRole, memberState },
			...rest,
		});
	const group = [
		member(1, "", "ERROR"),
		member(2, "PRIMARY", "ONLINE"),
		member(3, "PRIMARY", "ONLINE", { check: failing("lost") }),
		at(5, 1),
	];
	expect(draw(buildTree(group))).toBe("2(1(5)) 3");
	const several = group.map((each) => ({
		...each,
		group: { ...each.group, singlePrimary: false },
	}));
	expect(draw(buildTree(several))).toBe("1(5) 2 3");
});

it("hangs a group's secondaries below its primary", () => {
	const member = (port: number, rest: Partial<Instance> = {}) =>
		at(port, 0, { group: { ...NO_GROUP, name: "g", primary: "h:2" }, ...rest });
	const group = [member(1), member(2), member(3), at(5, 3)];
	expect(draw(buildTree(group))).toBe("2(1 3(5))");
	expect(derive(group).map((i) => i.clusterName)).toEqual(Array(4).fill("h:2"));
});

it("places every instance exactly once, whatever replicates from whatever", () => {
	const anySet = fc.uniqueArray(
		fc.tuple(
			fc.integer({ min: 1, max: 9 }),
			fc.integer({ min: 0, max: 9 }),
			fc.integer({ min: 0, max: 3 }),
		),
		{ selector: ([port]) => port },
	);
	const portsOf = (nodes: readonly TreeNode[]): number[] =>
		nodes.flatMap((n) => [n.instance.port, ...portsOf(n.children)]);
	fc.assert(
		fc.property(anySet, (pieces) => {
			const instances = pieces.map(([port, source, group]) =>
				at(
					port,
					source,
					group === 0
						? {}
						: { group: { ...NO_GROUP, name: "g", primary: `h:${group}` } },
				),
			);
			expect(portsOf(buildTree(instances)).sort()).toEqual(
				instances.map((i) => i.port).sort(),
			);
			for (const i of derive(instances)) {
				expect(i.clusterName).not.toBe("");
				expect(ancestorsOf(lineageOf(instances), i).length).toBeLessThanOrEqual(
					instances.length,
				);
			}
			expect(derive(derive(instances))).toEqual(derive(instances));
		}),
		{ numRuns: 500 },
	);
});
