/** Every command tells its result as JSON, and a failure with the exit code that it has without. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
	createFixture,
	type Fixture,
	NOW,
	replica,
	scripted,
	server,
} from "../../test/support/command-line.ts";
import { lineOf } from "../../test/support/command-lines.ts";
import { COMMANDS } from "../cli/command-table.ts";

let fixture: Fixture;
beforeEach(async () => {
	fixture = await createFixture({
		servers: [
			server("db1.ny", { replicas: ["db2.ny:3306"] }),
			replica("db2.ny", "db1.ny", 1),
		],
		rows: async (store) => {
			await store.tags.put(
				{ instance: "db2.ny:3306", name: "role", value: "x" },
				NOW,
			);
		},
	});
});
afterEach(() => fixture.remove());

/** The one line. */
const valueIn = (stdout: string): unknown => {
	expect(stdout).toMatch(/^[^\n]+\n$/);
	return JSON.parse(stdout);
};

const json = async (line: string) => {
	const { code, stdout, stderr } = await fixture.run(`${line} -json`);
	return { code, value: valueIn(stdout), stderr };
};

describe("-json", () => {
	test.each(COMMANDS.map((each) => [each.name, each] as const))(
		"%s",
		async (_, command) => {
			const line = lineOf(command);
			const told = await json(line);
			// The store is another one: the first run may have changed it.
			const other = await createFixture({
				servers: [
					server("db1.ny", { replicas: ["db2.ny:3306"] }),
					replica("db2.ny", "db1.ny", 1),
				],
			});
			try {
				const inText = await other.run(line);
				expect(told.code).toBe(inText.code);
				if (inText.code !== 0) expect(told.stderr).toBe(inText.stderr);
			} finally {
				other.remove();
			}
			if (told.code !== 0)
				expect(told.value).toEqual({
					Code: "ERROR",
					Message: expect.stringMatching(/./),
					Details: null,
				});
			else if (command.access === "changes")
				expect(told.value).toMatchObject({ Message: expect.any(String) });
		},
	);

	test.each([
		["clusters", ["db1.ny:3306", "web1:3306"]],
		["tags -i db2", ["role=x"]],
		["tag-value -i db2 -tag role", "x"],
		["tag-value -i db2 -tag nothing", null],
		["which-master -i db2", { Hostname: "db1.ny", Port: 3306 }],
		["which-master -i db1", null],
		["get-cluster-heuristic-lag -alias shop", 0],
		["which-cluster-instances -i web1", [{ ServerID: 7 }]],
		["instance-status -i db3", { Key: { Hostname: "db3.ny", Port: 3306 } }],
		["which-cluster -alias shop", { ClusterAlias: "shop", CountInstances: 3 }],
		[
			"topology -alias shop",
			{ Code: "OK", Details: expect.stringMatching(/^db1\.ny:3306 {2,}\[/) },
		],
		[
			"can-replicate-from -i db1 -d db1",
			{ Code: "OK", Message: expect.stringMatching(/./), Details: null },
		],
		[
			"begin-downtime -i db2 -reason disk",
			{
				Code: "OK",
				Message: "Downtime begun: db2.ny:3306",
				Details: { Hostname: "db2.ny", Port: 3306 },
			},
		],
		[
			"begin-downtime -i db2 -reason disk -dry-run",
			{
				Code: "OK",
				Message: expect.stringMatching(
					/^would begin a downtime of db2\.ny:3306 until 2023-11-14 22:23:20 UTC/,
				),
				Details: null,
			},
		],
		[
			"graceful-master-takeover-auto -alias shop",
			{ Code: "OK", Details: { SuccessorKey: { Hostname: "db2.ny" } } },
		],
		[
			"relocate -i db3 -d db1 -no-wait",
			{ Code: "OK", Details: { WorkflowId: "relocation/shop", RunId: "r" } },
		],
		[
			"relocate -i db3 -d db1 -dry-run",
			{ Code: "OK", Details: { Text: expect.stringMatching(/^plan/) } },
		],
	])("%s", async (line, value) => {
		const told = await json(line);
		expect(told).toMatchObject({ code: 0, stderr: "" });
		if (Array.isArray(value) || typeof value !== "object" || value === null)
			expect(told.value).toMatchObject(value as never);
		else expect(told.value).toMatchObject(value);
	});

	test("an operation that failed: the API's envelope with its details, 1", async () => {
		const { code, stdout, stderr } = await fixture.run(
			"graceful-master-takeover -alias shop -json",
			scripted({ successful: false, successor: "", says: "db2 is away" }),
		);
		expect(code).toBe(1);
		expect(stderr).toMatch(/FATAL db2 is away\n$/);
		expect(valueIn(stdout)).toMatchObject({
			Code: "ERROR",
			Message: "db2 is away",
		});
	});

	test("a refusal that is no failure is told as one, with the exit code that it has", async () => {
		const told = await json("recover -i db2");
		expect(told).toMatchObject({ code: 0, value: { Code: "ERROR" } });
	});

	test("one line for each instance, up to the first that fails", async () => {
		const { code, stdout } = await fixture.run(
			"instance-status -i db1,db2,nobody,db3 -json",
		);
		expect(code).toBe(1);
		expect(
			stdout
				.trim()
				.split("\n")
				.map((line) => JSON.parse(line)),
		).toMatchObject([
			{ Key: { Hostname: "db1.ny" } },
			{ Key: { Hostname: "db2.ny" } },
			{ Code: "ERROR", Message: expect.stringMatching(/nobody/) },
		]);
	});

	test.each([
		["topolgy shop -json", 1],
		["-json -nosuch topology", 2],
		["topology shop -json=maybe", 2],
		["topology nosuch --json", 1],
		["takeover shop --json --too db2", 2],
		["--json help nosuch", 1],
	])("what cannot be understood: %s", async (line, code) => {
		const told = await fixture.typed(line);
		expect(told.code).toBe(code);
		expect(valueIn(told.stdout)).toMatchObject({
			Code: "ERROR",
			Details: null,
		});
	});

	test.each([
		["version --json", { Version: "0", Commit: "" }],
		["--json help relocate", { Name: "relocate", Access: "changes" }],
		["relocate --json --help", { Name: "relocate" }],
	])("what is no command: %s", async (line, value) => {
		const { code, stdout } = await fixture.typed(line);
		expect(code).toBe(0);
		expect(valueIn(stdout)).toMatchObject(value);
	});
});
