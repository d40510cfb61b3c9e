import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	server,
} from "../../../test/support/command-line.ts";

const many = Array.from({ length: 7 }, (_, index) => server(`shard${index}`));

const { run, remove } = await createFixture({
	rows: async (store) => {
		await store.inventory.save(many);
		for (const { name } of many) await store.clusters.adopt(name, [name]);
	},
});
afterAll(remove);

describe("host names that are none are refused, not taken for the local host", () => {
	test.each([
		"h:abc",
		"10.0.0.4:",
		"1.2.3.4:5.6",
		":3306",
		"db1:0",
		"db1:65536",
		"db1:-1",
		"db1;drop",
		"../etc",
		"[::1",
		"[db1]:3306",
		"_",
		"_:3306",
		"'",
		"*",
	])("%s", async (name) => {
		for (const command of [
			"which-instance",
			"which-cluster",
			"topology",
			"which-master",
			"instance-status",
			"can-replicate-from -d db1",
			"which-gtid-errant",
			"get-candidate-replica",
		])
			expect(await run(`${command} -i ${name}`)).toEqual(
				FAILS("cannot read -i .* as an instance"),
			);
		expect(await run(`can-replicate-from -i db1 -d ${name}`)).toEqual(
			FAILS("cannot read -d .* as an instance"),
		);
	});
});

describe("patterns that are none", () => {
	test.each(["(", "[", "*", "a{2,1}", "(?=x)", "(a)\\1", "\\"])(
		"%s",
		async (pattern) => {
			for (const command of ["find", "topology", "topology-tags -alias shop"])
				expect(await run(`${command} -pattern ${pattern}`)).toEqual(
					FAILS("is no regular expression"),
				);
			// A search takes them as they are.
			expect(await run(`search -pattern ${pattern}`)).toEqual({
				code: 0,
				stdout: "",
				stderr: "",
			});
		},
	);
});

describe("hints", () => {
	test("that match many are kept as they are, and the matches are told", async () => {
		for (const command of [
			"which-instance",
			"which-master",
			"instance-status",
			"is-replicating",
		])
			expect(await run(`${command} -i shard`)).toEqual(
				FAILS(
					"instance not found: shard:3306; 7 known instances match: shard0:3306, shard1:3306, shard2:3306, shard3:3306, shard4:3306, …",
				),
			);
	});

	test("that match nothing say so", async () => {
		expect(await run("which-instance -i nobody")).toEqual(
			FAILS("instance not found: nobody:3306; no known instance matches"),
		);
		// The port must be equal.
		expect(await run("which-instance -i db2:3307")).toEqual(
			FAILS("instance not found: db2:3307; no known instance matches"),
		);
	});

	test("of a cluster that match many leave it undetermined", async () => {
		expect(await run("which-cluster -i shard")).toEqual({
			code: 0,
			stdout: "\n",
			stderr: expect.stringMatching(
				/^.* ERROR Unable to determine cluster name\. hint=shard: no cluster has -i "shard:3306": 7 known instances match: .*; all-instances lists those that are, clusters-alias the clusters\n$/,
			),
		});
	});

	test("with wildcards match as the reference's do", async () => {
		expect((await run("which-instance -i s%d6")).code).toBe(1);
		expect((await run("which-instance -i d_2.ny")).stdout).toBe(
			"db2.ny:3306\n",
		);
	});
});

test("whatever is typed: a result or one FATAL line, never a crash", async () => {
	const word = fc
		.string({ minLength: 1, maxLength: 12, unit: "grapheme-ascii" })
		.filter((text) => !text.includes(" ") && !text.startsWith("-"));
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(
				"find -pattern",
				"search -pattern",
				"topology -pattern",
				"topology -alias",
				"which-instance -i",
				"which-cluster -i",
				"which-cluster-domain -alias",
				"which-downtimed-instances -alias",
				"can-replicate-from -d",
			),
			word,
			async (command, text) => {
				const { code, stderr } = await run(`${command} ${text}`);
				expect([0, 1]).toContain(code);
				if (code === 1) expect(stderr).toMatch(/ FATAL (?!.*TypeError)/);
				else expect(stderr).not.toContain("FATAL");
			},
		),
		{ numRuns: 150 },
	);
});
