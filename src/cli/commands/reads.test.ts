import { afterAll, describe, expect, test } from "vitest";
import { createFixture, FAILS } from "../../../test/support/command-line.ts";

const fixture = await createFixture();
const { run } = fixture;
afterAll(() => fixture.remove());

describe("reads print exactly", () => {
	test.each<[string, string]>([
		["clusters", "db1.ny:3306\nweb1:3306\n"],
		["clusters-alias", "db1.ny:3306\tshop\nweb1:3306\tweb1:3306\n"],
		["all-instances", "db1.ny:3306\nweb1:3306\ndb2.ny:3306\ndb3.ny:3306\n"],
		[
			"topology -alias shop",
			"db1.ny:3306     [0s,ok,8.0.34,rw,ROW,>>,GTID]\n" +
				"+ db2.ny:3306   [0s,ok,8.0.34,ro,ROW,>>,GTID]\n" +
				"  + db3.ny:3306 [0s,ok,8.0.34,ro,ROW,>>,GTID]\n",
		],
		[
			"topology-tabulated -i db3",
			"db1.ny:3306    |0s|ok|8.0.34|rw|ROW|>>,GTID\n" +
				"+ db2.ny:3306  |0s|ok|8.0.34|ro|ROW|>>,GTID\n" +
				"  + db3.ny:3306|0s|ok|8.0.34|ro|ROW|>>,GTID\n",
		],
		["which-instance -i db2", "db2.ny:3306\n"],
		["which-instance", "web1:3306\n"],
		["which-master -i db3", "db2.ny:3306\n"],
		["which-master -i db1", ""],
		["which-replicas -i db1", "db2.ny:3306\n"],
		["which-slaves -i db1", "db2.ny:3306\n"],
		["which-replicas -i nobody", ""],
		[
			"which-instance -i db1,db2~db3",
			"db1.ny:3306\ndb2.ny:3306\ndb3.ny:3306\n",
		],
		["which-cluster -i db3", "db1.ny:3306\n"],
		["which-cluster -alias shop", "db1.ny:3306\n"],
		["which-cluster", "web1:3306\n"],
		["which-cluster-alias -i db3", "shop\n"],
		["which-cluster-master -alias shop", "db1.ny:3306\n"],
		["which-cluster-master -alias web1:3306", "web1:3306\n"],
		[
			"which-cluster-instances -alias shop",
			"db1.ny:3306\ndb2.ny:3306\ndb3.ny:3306\n",
		],
		["instance-status -i db2", "[0s,ok,8.0.34,ro,ROW,>>,GTID]\n"],
		["search -pattern NY", "db1.ny:3306\ndb2.ny:3306\ndb3.ny:3306\n"],
		[
			"search -pattern 3306 -i x",
			"db1.ny:3306\nweb1:3306\ndb2.ny:3306\ndb3.ny:3306\n",
		],
		["search -pattern 7", "db1.ny:3306\nweb1:3306\ndb2.ny:3306\ndb3.ny:3306\n"],
		["find -pattern ^db[23]", "db2.ny:3306\ndb3.ny:3306\n"],
		["check-global-recoveries", "OK: Global recoveries disabled: false\n"],
	])("%s", async (text, stdout) => {
		expect(await run(text)).toEqual({ code: 0, stdout, stderr: "" });
	});
});

describe("no cluster selected: an ERROR line", () => {
	const stderr = expect.stringMatching(
		/ ERROR Unable to determine cluster name/,
	);
	test.each<[string, string]>([
		["which-cluster -alias nothing", "\n"],
		["topology -alias nothing", "\n"],
		["which-cluster-instances -alias nothing", ""],
	])("%s", async (text, stdout) => {
		expect(await run(text)).toEqual({ code: 0, stdout, stderr });
	});

	test.each([
		"which-cluster-master",
		"which-cluster-alias",
		"force-master-failover",
		"graceful-master-takeover",
	])("%s fails", async (command) => {
		const { code, stdout } = await run(`${command} -alias nothing`);
		expect([code, stdout]).toEqual([1, ""]);
	});

	test("a wrong -alias falls back to -i, never to the local host", async () => {
		expect((await run("which-cluster -alias nothing -i db3")).stdout).toBe(
			"db1.ny:3306\n",
		);
	});
});

describe("refusals", () => {
	test.each<[string, string]>([
		["which-instance -i nobody", "instance not found: nobody:3306"],
		["which-instance -i ~,~", 'cannot read -i " , " as an instance'],
		["which-instance -i h:abc", 'cannot read -i "h:abc" as an instance'],
		["which-cluster -i h:abc", "cannot read -i"],
		["find", "no pattern"],
		["find -pattern (", "no regular expression"],
		["search", "no pattern"],
		["relocate -i db3", "cannot deduce destination"],
		["relocate -i db3 -d nobody", "instance not found: nobody:3306"],
		["relocate -i db3 -d db1 -noop", "noop: aborting relocation"],
		["forget", "cannot deduce instance"],
		["forget -i nobody", "instance not found: nobody:3306"],
		["begin-downtime -i db3", "--reason option required"],
		["begin-downtime -i db3 -reason x -duration 5", "cannot read -duration"],
		["ack-all-recoveries", "--reason option required"],
		["ack-cluster-recoveries -alias shop", "--reason option required"],
		["explain -alias nothing", 'no cluster is known as "nothing"'],
		["explain -alias shop -i nobody", "instance not found: nobody:3306"],
		["explain -alias shop -i web1", "web1:3306 is not in cluster db1.ny:3306"],
	])("%s", async (text, reason) => {
		const { code, stdout, stderr } = await run(text);
		expect([code, stdout]).toEqual([1, ""]);
		expect(stderr).toMatch(/ FATAL /);
		expect(stderr).toContain(reason);
	});

	test("the first failure of a list ends it", async () => {
		expect(await run("which-instance -i db1,nobody,db2")).toEqual({
			...FAILS("nobody:3306"),
			stdout: "db1.ny:3306\n",
		});
	});
});

test("an empty store: clusters prints an empty line", async () => {
	const bare = await createFixture({ empty: true });
	expect(await bare.run("clusters")).toEqual({
		code: 0,
		stdout: "\n",
		stderr: "",
	});
	bare.remove();
});
