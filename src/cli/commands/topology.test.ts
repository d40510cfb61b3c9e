import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	NOW,
	replica,
} from "../../../test/support/command-line.ts";

const AT = NOW / 1000;

const { run, inStore, remove } = await createFixture({
	rows: async (store) => {
		await store.tags.put(
			{ instance: "db2.ny:3306", name: "role", value: "backup" },
			NOW,
		);
		await store.tags.put(
			{ instance: "db2.ny:3306", name: "spare", value: "" },
			NOW,
		);
		await store.topologySnapshots.take(NOW - 60_000);
		// Then db3 was moved up, and recorded there.
		const moved = { ...replica("db3.ny", "db1.ny", 1), instanceAlias: "third" };
		await store.inventory.save([moved]);
		await store.topologySnapshots.take(NOW - 1000);
	},
});
afterAll(remove);

const ok = (stdout: string) => ({ code: 0, stdout, stderr: "" });

describe("the present", () => {
	test("a tree", async () => {
		expect(await run("topology -alias shop")).toEqual(
			ok(
				"db1.ny:3306           [0s,ok,8.0.34,rw,ROW,>>,GTID]\n" +
					"+ db2.ny:3306         [0s,ok,8.0.34,ro,ROW,>>,GTID]\n" +
					"+ db3.ny:3306 (third) [0s,ok,8.0.34,ro,ROW,>>,GTID]\n",
			),
		);
	});

	test("in columns", async () => {
		expect(await run("topology-tabulated -i db2")).toEqual(
			ok(
				"db1.ny:3306          |0s|ok|8.0.34|rw|ROW|>>,GTID\n" +
					"+ db2.ny:3306        |0s|ok|8.0.34|ro|ROW|>>,GTID\n" +
					"+ db3.ny:3306 (third)|0s|ok|8.0.34|ro|ROW|>>,GTID\n",
			),
		);
	});

	test("with tags", async () => {
		expect(await run("topology-tags -alias shop")).toEqual(
			ok(
				"db1.ny:3306           [0s,ok,8.0.34,rw,ROW,>>,GTID] []\n" +
					"+ db2.ny:3306         [0s,ok,8.0.34,ro,ROW,>>,GTID] [role=backup,spare]\n" +
					"+ db3.ny:3306 (third) [0s,ok,8.0.34,ro,ROW,>>,GTID] []\n",
			),
		);
	});

	test("of the local host's cluster", async () => {
		expect(await run("topology")).toEqual(
			ok("web1:3306 [0s,ok,8.0.34,ro,ROW,>>,GTID]\n"),
		);
	});

	test("of two clusters in a list", async () => {
		expect((await run("topology-tags -i db1,web1")).stdout).toMatch(
			/^db1.*\n\+ db2.*\n\+ db3.*\nweb1:3306 \[.*\] \[\]\n$/,
		);
	});
});

describe("a record", () => {
	test("a tree of bare names", async () => {
		expect(await run(`topology -alias shop -pattern ${AT - 60}`)).toEqual(
			ok("db1.ny:3306\n- db2.ny:3306\n  - db3.ny:3306\n"),
		);
	});

	test("of several that match, the newest", async () => {
		expect(await run("topology -alias shop -pattern ^1")).toEqual(
			ok("db1.ny:3306\n- db2.ny:3306\n- db3.ny:3306\n"),
		);
	});

	test("as the one column that it has", async () => {
		expect(
			await run(`topology-tabulated -alias shop -pattern ${AT - 60}`),
		).toEqual(ok("db1.ny:3306    \n- db2.ny:3306  \n  - db3.ny:3306\n"));
	});

	test("with the tags of today", async () => {
		expect(await run(`topology-tags -alias shop -pattern ${AT - 1}$`)).toEqual(
			ok(
				"db1.ny:3306   []\n- db2.ny:3306 [role=backup,spare]\n- db3.ny:3306 []\n",
			),
		);
	});

	test("none that matches: an empty line, and why", async () => {
		const { code, stdout, stderr } = await run(
			"topology -alias shop -pattern ^9",
		);
		expect([code, stdout]).toEqual([0, "\n"]);
		expect(stderr).toContain("no topology was recorded");
	});

	test.each(["topology", "topology-tabulated", "topology-tags"])(
		"%s refuses what is no regular expression",
		async (command) => {
			expect(await run(`${command} -alias shop -pattern (`)).toEqual(
				FAILS("is no regular expression"),
			);
		},
	);

	test("is made by snapshot-topologies, which prints nothing", async () => {
		expect(await run("snapshot-topologies")).toEqual(ok(""));
		expect(await inStore((store) => store.topologySnapshots.times())).toEqual([
			AT - 60,
			AT - 1,
			AT,
		]);
		expect(await run(`topology -pattern ^${AT}$`)).toEqual(ok("web1:3306\n"));
	});
});

test.each(["topology", "topology-tabulated", "topology-tags"])(
	"%s of no cluster: an ERROR line and an empty line",
	async (command) => {
		for (const pattern of ["", " -pattern 1"])
			expect(await run(`${command} -alias nothing${pattern}`)).toEqual({
				code: 0,
				stdout: "\n",
				stderr: expect.stringMatching(
					/^\S+ \S+ ERROR Unable to determine cluster name\. hint=nothing: no cluster is known as "nothing"; clusters-alias lists those that are\n$/,
				),
			});
	},
);
