import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	NOW,
	server,
} from "../../../test/support/command-line.ts";

const MINUTE_MS = 60_000;

const fixture = await createFixture();
const { run, inStore } = fixture;
afterAll(() => fixture.remove());

const prints = (stdout: string) => ({ code: 0, stdout, stderr: "" });

describe("tags", () => {
	test("are set, listed, read and replaced", async () => {
		expect(await run("tag -i db2 -tag role=backup")).toEqual(
			prints("db2.ny:3306\n"),
		);
		await run("tag -i db2 -tag spare");
		await run("tag -i db3 -tag role=report");
		await run("tag -i db3,stranger -tag rack=");
		expect(await run("tags -i db2")).toEqual(prints("role=backup\nspare=\n"));
		expect(await run("tags -i stranger")).toEqual(prints("rack=\n"));
		expect(await run("tags -i db1")).toEqual(prints(""));
		expect(await run("tag-value -i db2 -tag role")).toEqual(prints("backup\n"));
		expect(await run("tag-value -i db2 -tag spare")).toEqual(prints("\n"));
		expect(await run("tag-value -i db2 -tag rack")).toEqual(prints(""));
		await run("tag -i db2 -tag role=standby");
		expect(await run("tags -i db2")).toEqual(prints("role=standby\nspare=\n"));
	});

	test.each<[string, string]>([
		["role", "db2.ny:3306\ndb3.ny:3306\n"],
		["role=report", "db3.ny:3306\n"],
		["!role=report", "db2.ny:3306\n"],
		["!role", "stranger:3306\n"],
		["role,spare", "db2.ny:3306\n"],
		["rack=", "db3.ny:3306\nstranger:3306\n"],
		["nothing", ""],
	])("tagged -tag %s", async (expression, stdout) => {
		expect(await run(`tagged -tag ${expression}`)).toEqual(prints(stdout));
	});

	test("are taken away: by name, by value, from all", async () => {
		expect(await run("untag -i db2 -tag role=other")).toEqual(prints(""));
		expect(await run("untag -i db2 -tag role")).toEqual(
			prints("db2.ny:3306\n"),
		);
		expect(await run("untag -i db2 -tag role")).toEqual(prints(""));
		expect(await run("untag-all -tag rack=x")).toEqual(prints(""));
		expect(await run("untag-all -tag rack=")).toEqual(
			prints("db3.ny:3306\nstranger:3306\n"),
		);
		expect(await inStore((store) => store.tags.all())).toEqual([
			{ instance: "db2.ny:3306", name: "spare", value: "" },
			{ instance: "db3.ny:3306", name: "role", value: "report" },
		]);
	});

	test.each<[string, string]>([
		["tag -i db2", "no tag given: give -tag"],
		["tag -i db2 -tag =x", "it has no name"],
		["tag -i db2 -tag !role", "this names one tag"],
		["untag -i db2 -tag !role", "this names one tag"],
		["untag-all -tag role", "give -tag role=VALUE"],
		["tagged", "no tag given: give -tag"],
		["tagged -tag a,,b", "it has no name"],
		["tag-value -i h:abc -tag role", 'cannot read -i "h:abc"'],
	])("%s", async (text, reason) => {
		expect(await run(text)).toEqual(FAILS(reason));
	});
});

describe("pools", () => {
	beforeAll(() =>
		inStore((store) =>
			store.inventory.save([
				server("relay.ny", {
					isBinlogServer: true,
					clusterName: "db1.ny:3306",
				}),
				server("gone.ny", {
					clusterName: "db1.ny:3306",
					check: {
						...server("gone.ny").check,
						outcome: "timeout",
						seenAtMs: NOW - MINUTE_MS,
					},
				}),
			]),
		),
	);

	test("are submitted whole, with shortened names", async () => {
		expect(
			await run("submit-pool-instances -pool read -i db2,~db3:3306,db2.ny,"),
		).toEqual(prints(""));
		await run("submit-pool-instances -pool all -i db1,db2,web1,relay,gone");
		await run("submit-pool-instances -pool other -i unknown");
		expect(await run("cluster-pool-instances")).toEqual(
			prints(
				"db1.ny:3306\tshop\tall\tdb1.ny:3306\n" +
					"db1.ny:3306\tshop\tall\tdb2.ny:3306\n" +
					"db1.ny:3306\tshop\tall\tgone.ny:3306\n" +
					"db1.ny:3306\tshop\tall\trelay.ny:3306\n" +
					"db1.ny:3306\tshop\tread\tdb2.ny:3306\n" +
					"db1.ny:3306\tshop\tread\tdb3.ny:3306\n" +
					"web1:3306\tweb1:3306\tall\tweb1:3306\n",
			),
		);
	});

	test("the usable instances: not the unseen one, not the binlog server", async () => {
		const command = "which-heuristic-cluster-pool-instances";
		expect(await run(`${command} -alias shop`)).toEqual(
			prints("db1.ny:3306\ndb2.ny:3306\ndb3.ny:3306\n"),
		);
		expect(await run(`${command} -alias shop -pool read`)).toEqual(
			prints("db2.ny:3306\ndb3.ny:3306\n"),
		);
		expect(await run(`${command} -alias shop -pool nothing`)).toEqual(
			prints(""),
		);
		expect(await run(`${command} -alias nothing`)).toMatchObject({
			code: 0,
			stdout: "",
			stderr: expect.stringContaining("ERROR Unable to determine cluster name"),
		});
	});

	test("an empty list empties the pool; membership ends with time", async () => {
		await run("submit-pool-instances -pool all");
		await run("submit-pool-instances -pool other -i ,");
		await inStore((store) =>
			store.pools.submit("old", ["db1.ny:3306"], NOW - 61 * MINUTE_MS),
		);
		expect(await run("cluster-pool-instances")).toEqual(
			prints(
				"db1.ny:3306\tshop\tread\tdb2.ny:3306\n" +
					"db1.ny:3306\tshop\tread\tdb3.ny:3306\n",
			),
		);
	});

	test.each<[string, string]>([
		["submit-pool-instances -i db1", "no pool given: give -pool"],
		["submit-pool-instances -pool x -i db1,h:abc", 'cannot read -i "h:abc"'],
		["submit-pool-instances -pool a\nb -i db1", "is no pool name"],
	])("%j", async (text, reason) => {
		expect(await run(text)).toEqual(FAILS(reason));
		expect(
			(await inStore((store) => store.pools.members(0))).some(
				(each) => each.pool === "x",
			),
		).toBe(false);
	});
});

test("SupportFuzzyPoolHostnames off: names are taken as they are", async () => {
	const strict = await createFixture({
		configuration: { SupportFuzzyPoolHostnames: false },
	});
	await strict.run("submit-pool-instances -pool read -i db2");
	expect(await strict.inStore((store) => store.pools.members(0))).toMatchObject(
		[{ pool: "read", instance: "db2:3306" }],
	);
	strict.remove();
});

describe("host names", () => {
	test("virtual names are registered, listed and taken away", async () => {
		expect(
			await run("register-hostname-unresolve -i db1 -hostname shop-db"),
		).toEqual(prints("db1.ny:3306\n"));
		await run("register-hostname-unresolve -i db2 -hostname spare-db");
		await run("register-hostname-unresolve -i db2:3306 -hostname=");
		expect(await run("show-unresolve-hosts")).toEqual(
			prints("db1.ny shop-db\n"),
		);
		expect(await run("deregister-hostname-unresolve -i db1")).toEqual(
			prints("db1.ny:3306\n"),
		);
		expect(await run("deregister-hostname-unresolve -i db1")).toEqual(
			prints("db1.ny:3306\n"),
		);
		expect(await run("show-unresolve-hosts")).toEqual(prints(""));
		expect(
			await run("register-hostname-unresolve -i db1 -hostname shop:3306"),
		).toEqual(FAILS("is no host name"));
	});

	test("the resolve cache is shown and cleared", async () => {
		await inStore((store) =>
			store.hostnames.saveResolve({
				hostname: "10.0.0.1",
				resolved: "db1.ny",
				atMs: NOW,
			}),
		);
		expect(await run("show-resolve-hosts")).toEqual(
			prints("10.0.0.1 db1.ny\n"),
		);
		expect(await run("reset-hostname-resolve-cache")).toEqual(
			prints("hostname resolve cache cleared\n"),
		);
		expect(await run("show-resolve-hosts")).toEqual(prints(""));
	});

	test("resolve takes the name as it is, and needs one", async () => {
		expect(await run("resolve -i db2")).toEqual(prints("db2.canonical:3306\n"));
		expect(await run("resolve")).toEqual(FAILS("cannot deduce instance"));
		expect(await run("resolve -i h:abc")).toEqual(FAILS("cannot read -i"));
	});
});
