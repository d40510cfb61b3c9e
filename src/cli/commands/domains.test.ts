import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	NOW,
	server,
} from "../../../test/support/command-line.ts";

const { run, remove } = await createFixture({
	rows: async (store) => {
		await store.clusters.setDomain("db1.ny:3306", "shop.example");
		await store.hostAttributes.set("*", "shop.example", "db1.ny:3306", NOW);
		await store.inventory.save([server("lone")]);
		await store.clusters.adopt("lone:3306", ["lone:3306"]);
		await store.clusters.setDomain("lone:3306", "lone.example");
	},
});
afterAll(remove);

describe("domains print exactly", () => {
	test.each<[string, string]>([
		["which-cluster-domain -alias shop", "shop.example\n"],
		["which-cluster-domain -i db3", "shop.example\n"],
		["which-cluster-domain", "\n"],
		["which-heuristic-domain-instance -alias shop", "db1.ny:3306\n"],
		["which-heuristic-domain-instance -i db2", "db1.ny:3306\n"],
	])("%s", async (text, stdout) => {
		expect(await run(text)).toEqual({ code: 0, stdout, stderr: "" });
	});
});

describe("refusals", () => {
	test.each<[string, string]>([
		["which-heuristic-domain-instance", "cluster web1:3306 has no domain"],
		[
			"which-heuristic-domain-instance -alias lone:3306",
			"no writer is stored for domain lone.example",
		],
	])("%s", async (text, reason) => {
		expect(await run(text)).toEqual(FAILS(reason));
	});
});

describe("no cluster selected", () => {
	const COMMANDS = [
		"which-cluster-alias",
		"which-cluster-domain",
		"which-heuristic-domain-instance",
	];

	test.each(COMMANDS)("%s fails where several are known", async (command) => {
		const { code, stdout, stderr } = await run(`${command} -alias nothing`);
		expect([code, stdout]).toEqual([1, ""]);
		expect(stderr).toMatch(
			/^\S+ \S+ FATAL no cluster is known as "nothing"; clusters-alias lists those that are\n$/,
		);
	});

	test("they take the only one that is known", async () => {
		const single = await createFixture({
			empty: true,
			rows: async (store) => {
				await store.inventory.save([server("one")]);
				await store.clusters.adopt("one:3306", ["one:3306"]);
				await store.clusters.setAliasOverride("one:3306", "only");
				await store.clusters.setDomain("one:3306", "one.example");
				await store.hostAttributes.set("*", "one.example", "one:3306", NOW);
			},
		});
		const printed = [];
		for (const command of COMMANDS)
			printed.push(await single.run(`${command} -alias nothing`));
		const stderr = expect.stringMatching(/^.* ERROR Unable to determine .*\n$/);
		expect(printed).toEqual([
			{ code: 0, stdout: "only\n", stderr },
			{ code: 0, stdout: "one.example\n", stderr },
			{ code: 0, stdout: "one:3306\n", stderr },
		]);
		single.remove();
	});
});
