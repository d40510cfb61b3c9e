import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	type Fixture,
	NOW,
	replica,
} from "../../../test/support/command-line.ts";
import { rollingStatus } from "../../../test/support/made-up-rolling.ts";
import type { Store } from "../../store/contract.ts";

/** A node that serves. */
const alive = (store: Store) =>
	store.nodes.beat({
		hostname: "node1",
		token: "t",
		command: "http",
		nowMs: NOW,
	});

const fixture = await createFixture({
	configuration: { RecoverMasterClusterFilters: ["alias=shop"] },
	rows: alive,
});
const { run, inStore } = fixture;
afterAll(() => fixture.remove());

/** The first line of the text. */
const titleOf = (stdout: string): string => stdout.split("\n")[0] ?? "";

describe("the cluster is named by", () => {
	test.each([
		"why -alias shop",
		"why -alias db1.ny:3306",
		"why -alias db3",
		"why -i db2",
		// The word behind the flags, whatever -c says.
		"why why shop",
		"why why db2.ny",
	])("%s", async (text) => {
		const { code, stdout, stderr } = await run(text);
		expect([code, stderr]).toEqual([0, ""]);
		expect(titleOf(stdout)).toBe("shop (db1.ny:3306): no problem; 3 instances");
	});

	test("nothing: the local host's", async () => {
		expect(titleOf((await run("why")).stdout)).toMatch(/^web1:3306: /);
	});

	test.each(["why -alias nothing", "why why nothing"])(
		"a name that nobody has: %s",
		async (text) => {
			expect(await run(text)).toEqual(
				FAILS('no cluster is known as "nothing"; clusters-alias lists'),
			);
		},
	);
});

/** The field of that name, on one line. */
const fieldOf = async (asked: Fixture, label: string) => {
	const { stdout } = await asked.run("why -alias shop");
	return stdout
		.replaceAll(/\n {14}/g, " ")
		.split("\n")
		.find((line) => line.startsWith(`  ${label} `));
};

test("what stands against a recovery is told, also where no server answers", async () => {
	const recoveryLine = () => fieldOf(fixture, "recovery");
	const supposed = "  recovery    if db1.ny:3306 died now, a failover would";
	expect(await recoveryLine()).toBe(
		`${supposed} start: automatic recovery is on for this cluster and nothing speaks against it`,
	);
	await run("begin-maintenance -i db1 -reason x");
	expect(await recoveryLine()).toBe(
		`${supposed} NOT start: db1.ny:3306 is under maintenance`,
	);
	await run("end-maintenance -i db1");
	await run("begin-downtime -i db1 -reason x");
	expect(await recoveryLine()).toContain(
		"NOT start: the instance is downtimed",
	);
	await run("end-downtime -i db1");
	await run("disable-global-recoveries");
	expect(await recoveryLine()).toContain("NOT start: recoveries are disabled");
	await run("enable-global-recoveries");
	await inStore((store) =>
		store.recoveries.open({
			uid: "u",
			identity: "x",
			instance: "old:3306",
			analysis: "DeadMaster",
			clusterName: "db1.ny:3306",
			clusterAlias: "shop",
			replicas: [],
			detectionId: 0,
			nowMs: NOW - 60_000,
		}),
	);
	expect(await recoveryLine()).toContain("NOT start: recovery 1 (DeadMaster)");
});

test("where a rolling maintenance stands is told, until it has ended", async () => {
	const { identity } = (await inStore((store) =>
		store.clusters.resolve("shop", 3306),
	)) ?? { identity: "" };
	const status = rollingStatus({
		identity,
		phase: "paused",
		says: "paused by bob",
		beganAtMs: NOW - 7_200_000,
		saysSinceMs: NOW - 180_000,
		done: [
			{ server: "db3.ny:3306", sinceMs: 0, endedAtMs: NOW, says: "" },
			{
				server: "db4.ny:3306",
				sinceMs: 0,
				endedAtMs: NOW,
				says: "",
				isSkipped: true,
			},
		],
	});
	const maintenance = () => fieldOf(fixture, "maintenance");
	await inStore((store) => store.rollings.keep(status, NOW));
	expect(await maintenance()).toBe(
		"  maintenance rolling, paused for 3 min: paused by bob begun by ann 2 h ago: upgrade done: db3.ny:3306 skipped: db4.ny:3306 to come: db2.ny:3306, db1.ny:3306",
	);
	await inStore((store) =>
		store.rollings.keep({ ...status, phase: "done" }, NOW),
	);
	expect(await maintenance()).toBeUndefined();
});

test("a failover that could promote nobody is not told as one that would start", async () => {
	const other = await createFixture({
		configuration: { RecoverMasterClusterFilters: ["*"] },
		rows: alive,
	});
	await other.run("register-candidate -i db2 -promotion-rule must_not");
	const { stdout } = await other.run("why -alias shop");
	expect(stdout.replaceAll(/\n {14}/g, " ")).toMatch(
		/ {2}recovery {4}if db1\.ny:3306 died now, a failover would start, but could promote nobody: .*must_not/,
	);
	// A primary without replicas.
	const alone = await other.run("why -alias web1:3306");
	expect(alone.stdout.replaceAll(/\n {14}/g, " ")).toContain(
		"if web1:3306 died now, a failover would start, but could promote nobody: ",
	);
	other.remove();
});

test("privileges are those of now, not of the last check", async () => {
	const says = "SYSTEM_VARIABLES_ADMIN is missing";
	const other = await createFixture({
		configuration: { RecoverMasterClusterFilters: ["*"] },
		rows: alive,
		servers: [
			{
				...replica("db2.ny", "db1.ny", 1),
				findings: [
					{ about: "operations", privilege: "SYSTEM_VARIABLES_ADMIN", says },
				],
			},
		],
	});
	expect(await fieldOf(other, "recovery")).toMatch(
		new RegExp(`would start, but could promote nobody: .*${says}`),
	);
	expect(await fieldOf(other, "not known")).toBe(
		`  not known   operations: ${says}`,
	);
	expect(await fieldOf(other, "looked")).toMatch(
		/1 server answered just now: .*others.*: db1\.ny:3306 as of 1 s ago \(connection refused\), db3/,
	);
	other.remove();
});

test.each([
	{
		temporal: {
			address: "127.0.0.1:7233",
			trouble: "no answer within 1000 ms",
		},
		rows: alive,
		because: "Temporal does not answer at 127.0.0.1:7233",
	},
	{
		temporal: { address: "127.0.0.1:7233", trouble: "" },
		rows: async () => undefined,
		because: "no node tells of itself",
	},
])(
	"nothing is promised where nobody would do it: $because",
	async ({ because, ...around }) => {
		const other = await createFixture({
			configuration: { RecoverMasterClusterFilters: ["*"] },
			...around,
		});
		expect(await fieldOf(other, "recovery")).toContain(
			`if db1.ny:3306 died now, a failover would NOT start: ${because}`,
		);
		other.remove();
	},
);

test("tags, nodes, detections and changes are told", async () => {
	await run("tag -i db3 -tag role=backup");
	await inStore(async (store) => {
		const { id } = await store.detections.register({
			instance: "db1.ny:3306",
			analysis: "UnreachableMaster",
			clusterName: "db1.ny:3306",
			clusterAlias: "shop",
			replicas: [],
			isActionable: false,
			nowMs: NOW - 5000,
		});
		await store.detections.setVerdict(id, "told, not acted on");
		for (const analysis of ["NoProblem", "UnreachableMaster"])
			await store.changelog.note(
				[{ instance: "db1.ny:3306", analysis }],
				NOW - 4000,
			);
	});
	const { stdout } = await run("why -alias shop");
	expect(stdout).toContain("  nodes       node1 (http, 0 ms ago)\n");
	expect(stdout).toContain("  tags        role=backup\n");
	expect(stdout).toContain(
		"last detections:\n  2023-11-14 22:13:15 UTC UnreachableMaster on db1.ny:3306: told, not acted on\n",
	);
	expect(stdout).toContain(
		"last changes of analysis:\n  2023-11-14 22:13:16 UTC db1.ny:3306 became UnreachableMaster\n",
	);
	expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
});
