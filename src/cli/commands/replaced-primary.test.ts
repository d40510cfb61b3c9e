/** A cluster whose primary died and was replaced: each command shows it with its cluster still. */

import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	replica,
	server,
} from "../../../test/support/command-line.ts";
import { madePrimary } from "../../../test/support/made-primary.ts";
import { NO_MARK } from "../../topology/server-mark.ts";

/** db2 took the place of db1, and db3 follows it. */
const { run, remove } = await createFixture({
	rows: async (store) => {
		const of = { clusterName: "db2.ny:3306" };
		await store.inventory.save([
			server("db2.ny", { ...of, replicas: ["db3.ny:3306"] }),
			{ ...replica("db3.ny", "db2.ny", 1), ...of },
		]);
		await madePrimary(store, "db1.ny:3306", "db2.ny:3306");
	},
});
afterAll(remove);

describe.each(["-alias shop", "-i db1.ny", "-i db2.ny"])("%s", (selected) => {
	test.each<[string, string]>([
		["which-cluster", "db2.ny:3306\n"],
		["which-cluster-master", "db2.ny:3306\n"],
		["which-cluster-instances", "db1.ny:3306\ndb2.ny:3306\ndb3.ny:3306\n"],
		[
			"topology",
			"db2.ny:3306   [0s,ok,8.0.34,rw,ROW,>>,GTID]\n" +
				"+ db3.ny:3306 [0s,ok,8.0.34,ro,ROW,>>,GTID]\n" +
				"db1.ny:3306   [0s,ok,8.0.34,rw,ROW,>>,GTID]\n",
		],
	])("%s", async (command, stdout) => {
		expect(await run(`${command} ${selected}`)).toMatchObject({
			code: 0,
			stdout,
		});
	});
});

/** The old primary follows the new one, and somebody has opened it. */
test("why tells of a replaced primary that takes writes", async () => {
	const fixture = await createFixture({
		rows: async (store) => {
			const of = { clusterName: "db2.ny:3306" };
			await store.inventory.save([
				{ ...replica("db1.ny", "db2.ny", 1), ...of, readOnly: false },
				server("db2.ny", { ...of, replicas: ["db1.ny:3306"] }),
			]);
			await madePrimary(store, "db1.ny:3306", "db2.ny:3306");
			await store.fences.put({
				instance: "db1.ny:3306",
				identity: "db1.ny:3306",
				successor: "db2.ny:3306",
				sinceMs: 0,
				epoch: 0,
				state: "rejoined",
				note: "",
				server: NO_MARK,
			});
		},
	});
	const { stdout } = await fixture.run("why -alias shop");
	await fixture.remove();
	expect(stdout).toContain("ReplacedPrimaryTakesWrites: db1.ny:3306 was");
});
