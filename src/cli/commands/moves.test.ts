import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	scripted,
} from "../../../test/support/command-line.ts";
import type { OperationRequest } from "../../planning/operation.ts";

const fixture = await createFixture();
const { run } = fixture;
afterAll(() => fixture.remove());

const [one, two, three] = [
	"db2.ny:3306",
	"db3.ny:3306",
	"db4.ny:3306",
] as const;

describe("what the commands that move replicas print", () => {
	test.each<[string, string, object]>([
		[
			"move-below -i db3 -d db2",
			`${two}<${one}\n`,
			{ kind: "relocation", way: "siblings", below: one },
		],
		[
			"move-gtid -i db3 -d db2",
			`${two}<${one}\n`,
			{ kind: "relocation", way: "gtid", below: one },
		],
		[
			"repoint -i db3 -d db2",
			`${two}<${one}\n`,
			{ kind: "relocation", way: "repoint", below: one },
		],
		[
			"relocate-slaves -i db1 -d db2 -pattern db[34]",
			`${two}\n${three}\n`,
			{ kind: "moves", way: "replicas", below: one, pattern: "db[34]" },
		],
		[
			"move-slaves-gtid -i db1 -d db2",
			`${two}\n${three}\n`,
			{ kind: "moves", way: "gtid" },
		],
		[
			"move-up-slaves -i db3",
			`${two}\n${three}\n`,
			{ kind: "moves", way: "up", instance: two },
		],
		[
			"repoint-slaves -i db1 -d db2",
			`${two}<db1.ny:3306\n${three}<db1.ny:3306\n`,
			{ kind: "moves", way: "repoint", below: one },
		],
		["enslave-siblings -i db2", `${one}\n`, { kind: "moves", way: "siblings" }],
		["enslave-master -i db3", `${two}\n`, { kind: "exchange" }],
		["make-co-master -i db2", `${one}\n`, { kind: "coPrimary" }],
	])("%s", async (text, stdout, request) => {
		const asked: OperationRequest[] = [];
		expect(await run(text, scripted({ moved: [two, three] }, asked))).toEqual({
			code: 0,
			stdout,
			stderr: "",
		});
		expect(asked).toEqual([expect.objectContaining(request)]);
	});

	test("move-up and repoint say where they came to", async () => {
		for (const text of ["move-up -i db3", "repoint -i db3"])
			expect((await run(text, scripted({ below: "db1.ny:3306" }))).stdout).toBe(
				`${two}<db1.ny:3306\n`,
			);
	});

	test("a regrouping counts", async () => {
		const regrouped = (more: object) =>
			scripted({ below: one, moved: [two, three], ...more });
		expect((await run("regroup-slaves -i db1", regrouped({}))).stdout).toBe(
			`${one}\n${one} lost: 0, trivial: 0, pseudo-gtid: 2\n`,
		);
		expect(
			(await run("regroup-slaves-gtid -i db1", regrouped({}))).stdout,
		).toBe(`${one}\n${one} lost: 0, moved: 2\n`);
		expect(
			(await run("regroup-replicas -i db1", regrouped({ moved: [] }))).stdout,
		).toBe(`${one} lost: 0, trivial: 0, pseudo-gtid: 0\n`);
	});

	test("that move nobody say so, for who mistyped a pattern", async () => {
		const nobody = scripted({
			moved: [],
			left: [],
			says: "there was no replica of db1 to move",
		});
		const told = await run(
			"relocate-replicas -i db1 -d db2 -pattern nothing",
			nobody,
		);
		expect(told).toEqual({
			code: 0,
			stdout: "",
			stderr: expect.stringMatching(
				/NOTICE there was no replica of db1 to move\n$/,
			),
		});
	});

	test("who was left is an error line, and a failure where all were demanded", async () => {
		const partly = scripted({
			moved: [two],
			left: [{ name: three, reason: "it would not" }],
		});
		const line = `${three} was left behind: it would not; bring it along with relocate -i ${three} -d ${one}`;
		const told = await run("relocate-replicas -i db1 -d db2", partly);
		expect(told).toMatchObject({ code: 0, stdout: `${two}\n` });
		expect(told.stderr).toContain(`ERROR ${line}`);
		expect(await run("move-replicas-gtid -i db1 -d db2", partly)).toEqual(
			FAILS(`moved 1 of 2 replicas. done. ${line}`),
		);
	});

	test("a pattern that is none is refused, as is a server that is not known", async () => {
		expect(
			(await run("relocate-replicas -i db1 -d db2 -pattern (")).stderr,
		).toContain("FATAL");
		expect((await run("move-up -i nobody")).code).toBe(1);
		expect((await run("move-below -i db3")).code).toBe(1);
	});
});
