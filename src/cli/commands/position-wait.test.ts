import { afterAll, expect, test } from "vitest";
import {
	createFixture,
	replica,
	server,
} from "../../../test/support/command-line.ts";
import type { Instance } from "../../topology/instance.ts";

const at = (
	host: string,
	position: number,
	applier: 0 | 1,
	lastApplierError = "",
): Instance => {
	const plain = replica(host, "db1.ny", 1);
	return {
		...plain,
		replication: {
			...plain.replication,
			execCoordinates: { file: "bin.000007", position },
			applier,
			lastApplierError,
		},
	};
};

const { run, remove } = await createFixture({
	servers: [
		server("db1.ny"),
		at("there.ny", 400, 0),
		at("stopped.ny", 300, 0),
		at("broken.ny", 300, 0, "duplicate"),
	],
});
afterAll(remove);

test("answers when the place is reached", async () => {
	for (const place of ["bin.000007:400", "bin.000006:999"])
		expect(await run(`master-pos-wait -i there.ny -binlog ${place}`)).toEqual({
			code: 0,
			stdout: "there.ny:3306\n",
			stderr: "",
		});
});

test.each([
	["-i stopped.ny -binlog bin.000007:400", /stands at bin.000007:300/],
	["-i broken.ny -binlog bin.000007:400", /duplicate/],
	["-i there.ny -binlog other.000007:400", /are two series/],
	["-i db1.ny -binlog bin.000007:400", /is not a replica/],
	["-i there.ny -binlog nowhere", /is not file:position/],
	["-i there.ny", /is not file:position/],
])("%s fails", async (words, why) => {
	const { code, stdout, stderr } = await run(`master-pos-wait ${words}`);
	expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
	expect(stderr).toMatch(why);
});
