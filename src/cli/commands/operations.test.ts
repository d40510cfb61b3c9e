import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	scripted,
} from "../../../test/support/command-line.ts";
import { BatonError } from "../../errors.ts";
import type { OperationRequest } from "../../planning/operation.ts";

const fixture = await createFixture();
const { run } = fixture;
afterAll(() => fixture.remove());

describe("operations", () => {
	test.each<[string, string, Partial<OperationRequest>]>([
		[
			"relocate -i db3 -d db1",
			"db3.ny:3306<db1.ny:3306\n",
			{
				kind: "relocation",
				instance: "db3.ny:3306",
				below: "db1.ny:3306",
				requestedBy: "me",
			},
		],
		[
			"relocate-below -i db3 -s db1 -owner you",
			"db3.ny:3306<db1.ny:3306\n",
			{ kind: "relocation", requestedBy: "you" },
		],
		[
			"graceful-master-takeover -alias shop -d db2",
			"db2.ny:3306\nbin.000009:42\n",
			{ kind: "takeover", to: "db2.ny:3306", auto: false },
		],
		[
			"graceful-master-takeover-auto -i db3",
			"db2.ny:3306\nbin.000009:42\n",
			{ kind: "takeover", auto: true },
		],
		[
			"force-master-failover -alias shop",
			"db2.ny:3306\n",
			{
				kind: "recovery",
				instance: "db1.ny:3306",
				analysis: "DeadMaster",
				forced: true,
				command: "force-master-failover",
			},
		],
	])("%s", async (text, stdout, request) => {
		const asked: OperationRequest[] = [];
		expect(await run(text, scripted({}, asked))).toEqual({
			code: 0,
			stdout,
			stderr: "",
		});
		expect(asked).toEqual([expect.objectContaining(request)]);
	});

	test("-no-wait prints the workflow's id", async () => {
		expect((await run("relocate -i db3 -d db1 -no-wait")).stdout).toBe(
			"relocation/shop\n",
		);
	});

	test("one that was attempted and failed says why, on stderr alone", async () => {
		const failed = { successful: false, says: "db2:3306 would not start" };
		for (const text of [
			"relocate -i db3 -d db1",
			"graceful-master-takeover -alias shop",
			"force-master-failover -alias shop",
		])
			expect(await run(text, scripted(failed))).toEqual(
				FAILS("db2:3306 would not start"),
			);
	});

	test("one that was refused fails too, except recover", async () => {
		const refused = {
			attempted: false,
			successful: false,
			successor: "" as const,
			says: "not now",
		};
		for (const text of [
			"relocate -i db3 -d db1",
			"graceful-master-takeover -alias shop",
			"force-master-failover -alias shop",
		])
			expect(await run(text, scripted(refused))).toEqual(FAILS("not now"));
	});

	test("errors of the catalogue are FATAL lines", async () => {
		const away = new BatonError(
			"TemporalUnavailable",
			"Temporal does not answer",
		);
		expect(await run("relocate -i db3 -d db1", scripted(away))).toEqual(
			FAILS("Temporal does not answer"),
		);
	});

	test("recover without a failure prints nothing and asks for nothing", async () => {
		const asked: OperationRequest[] = [];
		for (const text of [
			"recover -i db1",
			"recover-lite -i db1",
			"recover -i nobody",
		])
			expect(await run(text, scripted({}, asked))).toEqual({
				code: 0,
				stdout: "",
				stderr: "",
			});
		expect(asked).toEqual([]);
	});
});

test("explain passes on the cluster, the instance and the destination", async () => {
	const { stdout } = await run("explain -i db3 -d db2");
	expect(JSON.parse(stdout.replace("plan ", ""))).toMatchObject({
		identity: expect.stringMatching(/./),
		instance: "db3.ny:3306",
		destination: "db2.ny:3306",
	});
});

test("discover prints the name that the server was stored under", async () => {
	expect((await run("discover -i db7")).stdout).toBe("db7.resolved:3306\n");
});
