import { afterAll, describe, expect, test } from "vitest";
import { createFixture, NOW } from "../../../test/support/command-line.ts";
import type { InstanceName } from "../../topology/instance-name.ts";

const { run, remove } = await createFixture({
	rows: async (store) => {
		const downtimed: [InstanceName, string, number][] = [
			["db3.ny:3306", "lost-in-recovery", NOW + 1000],
			["db2.ny:3306", "backup", NOW + 1000],
			["web1:3306", "upgrade", NOW + 1000],
			["db1.ny:3306", "lost-in-recovery", NOW - 1000],
			["forgotten:3306", "lost-in-recovery", NOW + 1000],
		];
		for (const [instance, reason, endsAtMs] of downtimed)
			await store.downtimes.begin({
				instance,
				owner: "me",
				reason,
				beganAtMs: NOW - 5000,
				endsAtMs,
			});
	},
});
afterAll(remove);

describe("downtimes print exactly", () => {
	test.each<[string, string]>([
		["which-downtimed-instances -alias shop", "db2.ny:3306\ndb3.ny:3306\n"],
		["which-downtimed-instances -i db1", "db2.ny:3306\ndb3.ny:3306\n"],
		["which-downtimed-instances", "web1:3306\n"],
		["which-lost-in-recovery", "db3.ny:3306\n"],
		["instance-status -i db2", "[0s,ok,8.0.34,ro,ROW,>>,GTID,downtimed]\n"],
	])("%s", async (text, stdout) => {
		expect(await run(text)).toEqual({ code: 0, stdout, stderr: "" });
	});

	test("of all clusters when none can be selected", async () => {
		expect(await run("which-downtimed-instances -alias nothing")).toEqual({
			code: 0,
			stdout: "db2.ny:3306\ndb3.ny:3306\nweb1:3306\n",
			stderr: expect.stringContaining("Unable to determine cluster name"),
		});
	});
});

test("no downtime, no output", async () => {
	const bare = await createFixture();
	for (const command of ["which-downtimed-instances", "which-lost-in-recovery"])
		expect(await bare.run(command)).toEqual({
			code: 0,
			stdout: "",
			stderr: "",
		});
	bare.remove();
});
