import { describe, expect, test } from "vitest";
import {
	LOGGING,
	NOW,
	running,
	seen,
} from "../../../test/support/made-up-servers.ts";
import type { GroupReplication } from "../../topology/group-replication.ts";
import { type Instance, unknownInstance } from "../../topology/instance.ts";
import { bracketed, type DescriptionContext } from "./description.ts";
import * as drawn from "./topology.ts";

const context: DescriptionContext = {
	nowMs: NOW,
	pollSeconds: 5,
	reasonableLagSeconds: 10,
	maintenanceLagSeconds: 20,
	isDowntimed: (instance) => instance.host === "downtimed",
};

const CLUSTER = "db1:3306";

const topologyTree = (instances: readonly Instance[]) =>
	drawn.topologyTree(instances, context, CLUSTER);

const topologyTabulated = (instances: readonly Instance[]) =>
	drawn.topologyTabulated(instances, context, CLUSTER);

const server = (host: string, more: Partial<Instance> = {}): Instance =>
	seen(
		host,
		{
			...LOGGING,
			version: "8.0.34-log",
			supportsOracleGtid: true,
			clusterName: CLUSTER,
			...more,
		},
		NOW - 1000,
	);

const replica = (
	host: string,
	source: string,
	more: Partial<Instance> = {},
): Instance =>
	server(host, {
		readOnly: true,
		depth: 1,
		lagSeconds: 0,
		replication: running(source, { secondsBehind: 0, usingOracleGtid: true }),
		...more,
	});

const stopped = (instance: Instance): Instance => ({
	...instance,
	replication: {
		...instance.replication,
		receiver: 0,
		applier: 0,
		secondsBehind: null,
	},
	lagSeconds: null,
});

const unchecked = (instance: Instance): Instance => ({
	...instance,
	check: {
		...instance.check,
		checkedAtMs: NOW - 26_000,
		seenAtMs: NOW - 26_000,
	},
});

describe("the tree", () => {
	test("brackets line up, and marks tell who replicates", () => {
		const text = topologyTree([
			stopped(replica("db3", "db2")),
			replica("db2", "db1"),
			server("db1"),
		]);
		expect(text).toBe(
			[
				"db1:3306     [0s,ok,8.0.34-log,rw,ROW,>>,GTID]",
				"+ db2:3306   [0s,ok,8.0.34-log,ro,ROW,>>,GTID]",
				"  - db3:3306 [null,nonreplicating,8.0.34-log,ro,ROW,>>,GTID]",
			].join("\n"),
		);
	});

	test("siblings stand in host, then numeric port order, with their aliases", () => {
		const text = topologyTree([
			server("db1"),
			{ ...replica("a", "db1"), name: "a:10000", port: 10_000 },
			{ ...replica("a", "db1"), instanceAlias: "first" },
		]);
		expect(
			text.split("\n").map((line) => line.split(" [")[0]?.trimEnd()),
		).toEqual(["db1:3306", "+ a:3306 (first)", "+ a:10000"]);
	});

	test("co-primaries are drawn as two branches, each without the other", () => {
		const pair = [
			replica("db1", "db2", { isCoMaster: true, depth: 0 }),
			replica("db2", "db1", { isCoMaster: true }),
			replica("db3", "db2"),
		];
		expect(
			topologyTree(pair)
				.split("\n")
				.map((line) => line.split(" [")[0]?.trimEnd()),
		).toEqual(["+ db1:3306", "+ db2:3306", "  + db3:3306"]);
	});

	test("a group's secondaries are marked and stand below its primary", () => {
		const group: GroupReplication = {
			...server("x").group,
			name: "g",
			memberState: "ONLINE",
			primary: "db1:3306",
		};
		const text = topologyTree([
			server("db1", { group }),
			server("db2", { group }),
		]);
		expect(text.split("\n")[1]).toMatch(/^‡ db2:3306 \[/);
	});

	test("only the last of several roots is drawn, as the reference does", () => {
		const text = topologyTree([server("db1"), server("db9")]);
		expect(text).toMatch(/^db9:3306 \[[^\n]*$/);
	});

	test("members that go by another cluster's name stand behind, each with what is below it", () => {
		const apart = { clusterName: "a0:3306" };
		const text = topologyTree([
			server("a0", apart),
			replica("a1", "a0", apart),
			server("db1"),
			replica("db2", "db1"),
			server("detached", { clusterName: "detached:3306" }),
		]);
		expect(
			text.split("\n").map((line) => line.split(" [")[0]?.trimEnd()),
		).toEqual([
			"db1:3306",
			"+ db2:3306",
			"a0:3306",
			"+ a1:3306",
			"detached:3306",
		]);
	});

	test("no instances, no text", () => {
		expect(topologyTree([])).toBe("");
		expect(topologyTabulated([])).toBe("");
	});
});

test("columns: the lag is right-aligned, missing extras stay as blanks", () => {
	const text = topologyTabulated([
		server("db1", { version: "8.0.34" }),
		unchecked(replica("db2", "db1", { version: "8.0.34", logBin: false })),
		replica("db3", "db1", {
			version: "8.0.34",
			logReplicaUpdates: false,
			supportsOracleGtid: false,
			replication: {
				...replica("db3", "db1").replication,
				usingOracleGtid: false,
			},
		}),
	]);
	expect(text).toBe(
		[
			"db1:3306  |     0s|ok       |8.0.34|rw|ROW     |>>,GTID",
			"- db2:3306|unknown|unchecked|8.0.34|ro|nobinlog|GTID   ",
			"+ db3:3306|     0s|ok       |8.0.34|ro|ROW     |       ",
		].join("\n"),
	);
});

test("what a hostile server calls itself stays on its line", () => {
	const text = topologyTree([
		server("db1", {
			instanceAlias: "a\nb\u001b[2J",
			version: "8.0\r\u009b31m",
			binlogFormat: "ROW\n",
		}),
	]);
	expect(text).toBe("db1:3306 (a?b?[2J) [0s,ok,8.0??31m,rw,ROW?,>>,GTID]");
});

test("tags stand behind the line, an empty value without its sign", () => {
	const text = drawn.topologyTags(
		[server("db1"), replica("db2", "db1")],
		context,
		CLUSTER,
		(name) => (name === "db1:3306" ? ["role=main", "spare="] : []),
	);
	expect(
		text.split("\n").map((line) => line.slice(line.lastIndexOf(" ["))),
	).toEqual([" [role=main,spare]", " []"]);
});

describe("the description", () => {
	const of = (instance: Instance) => bracketed(instance, context);

	test.each<[string, Instance, string]>([
		[
			"never checked",
			server("a", { check: unknownInstance("a", 1).check }),
			"[unknown,invalid,8.0.34-log,rw,ROW,>>,GTID]",
		],
		[
			"checked long ago",
			unchecked(server("a")),
			"[unknown,unchecked,8.0.34-log,rw,ROW,>>,GTID]",
		],
		[
			"lagging",
			replica("a", "b", {
				lagSeconds: 30,
				replication: { ...replica("a", "b").replication, secondsBehind: 30 },
			}),
			"[30s,lag,8.0.34-log,ro,ROW,>>,GTID]",
		],
		[
			"delayed on purpose",
			replica("a", "b", {
				lagSeconds: 60,
				replication: {
					...replica("a", "b").replication,
					secondsBehind: 60,
					sqlDelaySeconds: 60,
				},
			}),
			"[60s,ok,8.0.34-log,ro,ROW,>>,GTID]",
		],
		[
			"errant",
			replica("a", "b", { errantGtid: "u:1" }),
			"[0s,ok,8.0.34-log,ro,ROW,>>,GTID:errant]",
		],
		[
			"detached coordinates",
			replica("a", "b", {
				replication: {
					...replica("a", "b").replication,
					execCoordinates: { file: "//bin.1:4", position: 4 },
				},
			}),
			"[detached,ok,8.0.34-log,ro,ROW,>>,GTID]",
		],
		[
			"all extras",
			replica("downtimed", "b", {
				usingPseudoGtid: true,
				semiSync: {
					...server("a").semiSync,
					sourceActive: true,
					replicaActive: true,
				},
			}),
			"[0s,ok,8.0.34-log,ro,ROW,>>,GTID,P-GTID,semi:master,semi:replica,downtimed]",
		],
	])("%s", (_, instance, text) => {
		expect(of(instance)).toBe(text);
	});
});
