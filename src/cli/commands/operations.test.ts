import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	replica,
	scripted,
	server,
} from "../../../test/support/command-line.ts";
import { rollingStatus } from "../../../test/support/made-up-rolling.ts";
import { BatonError } from "../../errors.ts";
import type { OperationRequest } from "../../planning/operation.ts";

const fixture = await createFixture();
const { run, typed } = fixture;
afterAll(() => fixture.remove());

describe("operations", () => {
	test.each<[string, string, object]>([
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
				command: "force-master-failover",
			},
		],
		[
			"force-master-takeover -alias shop -d db2",
			"db2.ny:3306\n",
			{
				kind: "recovery",
				instance: "db1.ny:3306",
				analysis: "DeadMaster",
				candidate: "db2.ny:3306",
				command: "force-master-takeover",
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
		const failed = {
			successful: false,
			successor: "" as const,
			says: "db2:3306 would not start",
		};
		for (const text of [
			"relocate -i db3 -d db1",
			"graceful-master-takeover -alias shop",
			"force-master-failover -alias shop",
		])
			expect(await run(text, scripted(failed))).toEqual(
				FAILS("db2:3306 would not start"),
			);
	});

	test("a takeover that left a server behind prints the new primary, fails, and says how to mend it", async () => {
		const left = [
			{ name: "db3.ny:3306" as const, reason: "it lacks a transaction" },
		];
		const answer = scripted({ successful: false, left, says: "not all came" });
		expect(
			await run("graceful-master-takeover -alias shop", answer),
		).toMatchObject({
			code: 1,
			stdout: "db2.ny:3306\nbin.000009:42\n",
			stderr: expect.stringMatching(
				/FATAL not all came\. db3\.ny:3306 was left behind: it lacks a transaction; bring it along with relocate -i db3\.ny:3306 -d db2\.ny:3306\n$/,
			),
		});
	});

	test("a failover that left a server behind has done its work; it is logged", async () => {
		const left = [
			{ name: "db3.ny:3306" as const, reason: "it lacks a transaction" },
		];
		expect(
			await run("force-master-failover -alias shop", scripted({ left })),
		).toMatchObject({
			code: 0,
			stdout: "db2.ny:3306\n",
			stderr: expect.stringMatching(
				/ERROR db3\.ny:3306 was left behind: .* relocate -i db3\.ny:3306 -d db2\.ny:3306\n$/,
			),
		});
	});

	test("what else a person should know of one that succeeded is told, where its steps are not", async () => {
		const warning =
			"open transactions of db1 did not end within 10 s, and were rolled back with their sessions: session 7";
		const answer = scripted({ warnings: [warning] });
		const text = "graceful-master-takeover -alias shop";
		const lines = { code: 0, stdout: "db2.ny:3306\nbin.000009:42\n" };
		expect(await run(text, answer)).toEqual({
			...lines,
			stderr: expect.stringMatching(
				new RegExp(`^\\S+ \\S+ NOTICE ${warning}\n$`),
			),
		});
		expect(await run(`${text} -quiet`, answer)).toEqual({
			...lines,
			stderr: "",
		});
		expect(
			(await typed(`-c ${text}`, answer, { isTerminal: true })).stderr,
		).not.toContain("NOTICE");
		expect((await run(`${text} -json`, answer)).stderr).toContain(warning);
	});

	test("a server of another cluster is refused before anybody is asked, and both clusters are named", async () => {
		for (const text of [
			"relocate -i db3 -d web1",
			"repoint -i db3 -d web1",
			"relocate-replicas -i db1.ny -d web1",
			"move-below -i db3 -d web1",
			"match-replicas -i db1.ny -d web1",
		]) {
			const asked: OperationRequest[] = [];
			expect(await run(text, scripted({}, asked))).toEqual(
				FAILS(
					"web1:3306 is not in cluster shop, to which db[13].ny:3306 belongs, but in web1:3306; name a server of shop",
				),
			);
			expect(asked).toEqual([]);
		}
	});

	test("a failed step is told once, with the end of the operation", async () => {
		const says = "the replication account is not known";
		const told = {
			successful: false,
			says,
			errors: [
				`find the replication account on db2: ${says}`,
				"start the receiver of db3: gone",
			],
			steps: [
				{
					name: "findCredential",
					on: "" as const,
					startedAtMs: 0,
					endedAtMs: 0,
					outcome: "failed" as const,
					effect: "unchanged" as const,
					reached: "read" as const,
					says,
				},
			],
		};
		expect(
			(await run("relocate -i db3 -d db1", scripted(told))).stderr
				.split("\n")
				.map((line) => line.replace(/^\S+ \S+ /, "")),
		).toEqual(["ERROR start the receiver of db3: gone", `FATAL ${says}`, ""]);
	});

	test.each<[string, string]>([
		["relocate -i db3", "cannot deduce destination: give -d"],
		["relocate -i nobody -d db1", "instance not found: nobody:3306"],
		["relocate -i db3 -d nobody", "instance not found: nobody:3306"],
		["force-master-takeover -alias shop", "cannot deduce destination"],
		[
			"graceful-master-takeover -alias shop -d db3",
			"must be directly replicating from the master db1.ny:3306",
		],
		[
			"graceful-master-takeover -alias shop -d nobody",
			"must be directly replicating from the master db1.ny:3306",
		],
		[
			"force-master-takeover -alias shop -d nobody",
			"must be directly replicating from the master db1.ny:3306",
		],
	])("%s is not asked for", async (text, reason) => {
		const asked: OperationRequest[] = [];
		expect(await run(text, scripted({}, asked))).toEqual(FAILS(reason));
		expect(asked).toEqual([]);
	});

	test("-dry-run prints the plan of the very request, and asks for nothing", async () => {
		const asked: OperationRequest[] = [];
		const { code, stdout } = await run(
			"relocate -dry-run -i db3 -d db1",
			scripted({}, asked),
		);
		expect(code).toBe(0);
		expect(JSON.parse(stdout.replace("plan ", ""))).toEqual({
			kind: "relocation",
			instance: "db3.ny:3306",
			below: "db1.ny:3306",
			requestedBy: "me",
		});
		expect(asked).toEqual([]);
	});

	test("-dry-run of what would be refused shows why, and fails like the run", async () => {
		const refusing = await createFixture({ planRefusal: "not now; wait" });
		for (const text of [
			"relocate -i db3 -d db1",
			"graceful-master-takeover -alias shop",
			"force-master-failover -alias shop",
			"explain -i db3 -d db1",
		])
			expect(
				await refusing.run(
					text.startsWith("explain") ? text : `${text} -dry-run`,
				),
			).toEqual({
				...FAILS("not now; wait"),
				stdout: expect.stringMatching(/^plan /),
			});
		refusing.remove();
	});

	test("-noop stops before the change", async () => {
		const asked: OperationRequest[] = [];
		expect(
			await run("relocate -noop -i db3 -d db1", scripted({}, asked)),
		).toEqual(FAILS("noop: aborting relocation; nothing went wrong"));
		expect(asked).toEqual([]);
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
		for (const text of ["recover -i db1", "recover-lite -i db1"])
			expect(await run(text, scripted({}, asked))).toEqual({
				code: 0,
				stdout: "",
				stderr: "",
			});
		// A typing error at night is not taken for good news.
		expect(await run("recover -i nobody", scripted({}, asked))).toEqual({
			code: 1,
			stdout: "",
			stderr: expect.stringContaining("nobody:3306 is not known"),
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

test("discover tells of clients that cannot be named, and not of servers that it is given", async () => {
	const found = await createFixture({
		empty: true,
		servers: [
			server("db1.ny", { countedReplicas: 2 }),
			replica("db2.ny", "db1.ny", 1),
			replica("db3.ny", "db1.ny", 1),
		],
	});
	try {
		expect(await found.run("discover -i db1.ny,db2.ny")).toEqual({
			code: 0,
			stdout: "db1.ny:3306\ndb2.ny:3306\n",
			stderr: expect.stringMatching(
				/ERROR db1.ny:3306 sends its binary logs to 2 clients, and 1 of them can be looked at/,
			),
		});
		expect(await found.run("discover -i db1.ny,db2.ny,db3.ny")).toEqual({
			code: 0,
			stdout: "db1.ny:3306\ndb2.ny:3306\ndb3.ny:3306\n",
			stderr: "",
		});
	} finally {
		found.remove();
	}
});

test("what would refuse an order to a rolling maintenance refuses it in advance, too", async () => {
	const kept = await createFixture({
		rows: async ({ rollings, clusters }) => {
			const identity = (await clusters.identityOf("db1.ny:3306")) ?? "";
			await rollings.keep(rollingStatus({ identity }), 1);
			expect(await rollings.running()).toEqual([rollingStatus({ identity })]);
		},
	});
	try {
		expect(
			await kept.run("resume-rolling-maintenance -alias shop -dry-run"),
		).toEqual(FAILS("the rolling maintenance is not paused: it goes on"));
		expect(
			(await kept.run("pause-rolling-maintenance -alias shop -dry-run")).stdout,
		).toBe("would pause the rolling maintenance of shop, which is running\n");
	} finally {
		kept.remove();
	}
});
