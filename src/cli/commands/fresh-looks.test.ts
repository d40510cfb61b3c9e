import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	replica,
	server,
} from "../../../test/support/command-line.ts";
import type { Instance } from "../../topology/instance.ts";

const P = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
const R = "4e11fa47-71ca-11e1-9e33-c80aa9429562";

const primary = server("db1.ny", { serverUuid: P, executedGtid: `${P}:1-90` });

const looked = (host: string, executedGtid: string): Instance => ({
	...replica(host, "db1.ny", 1),
	serverUuid: R,
	executedGtid,
});

const threads = (
	host: string,
	receiver: 0 | 1 | 2,
	applier: 0 | 1,
	more: Partial<Instance> = {},
): Instance => {
	const running = replica(host, "db1.ny", 1);
	return {
		...running,
		...more,
		replication: { ...running.replication, receiver, applier },
	};
};

const MARIADB = { version: "11.4.2-MariaDB", flavor: "MariaDB" } as const;
const logged = (executedGtid: string, binlogGtidState: string) => ({
	executedGtid,
	binlogGtidState,
});

const { run, remove } = await createFixture({
	servers: [
		primary,
		looked("db2.ny", `${P}:1-95`),
		looked("db3.ny", `${P}:1-80,${R}:1-3:7`),
		threads("running", 1, 1),
		threads("applying", 0, 1),
		threads("stopped", 0, 0),
		threads("connecting", 2, 0),
		threads("modern", 1, 1, { version: "8.4.2" }),
		threads("maria", 1, 1, MARIADB),
		server("web1"),
		server("maria1", { ...MARIADB, ...logged("0-1-95", "0-1-95") }),
		{
			...replica("maria2", "maria1:3306", 1),
			...MARIADB,
			...logged("0-3-91", "0-1-90,0-3-91"),
		},
	],
	binaryLogs: [
		{ file: "bin.000003", before: `${P}:1-10` },
		{ file: "bin.000004", before: `${P}:1-50,${R}:1-2` },
		{ file: "bin.000005", before: `${P}:1-80,${R}:1-3` },
	],
});
afterAll(remove);

const ok = (stdout: string) => ({ code: 0, stdout, stderr: "" });

describe("errant GTIDs", () => {
	test("of which MariaDB does not tell whether they are are named", async () => {
		expect(await run("which-gtid-errant -i maria2")).toEqual({
			code: 0,
			stdout: "\n",
			stderr: expect.stringMatching(
				/NOTICE whether maria2:3306 alone has 0-3-91 cannot be told/,
			),
		});
	});

	test("are what did not come from the source, as both are now", async () => {
		expect(await run("which-gtid-errant -i db3")).toEqual(ok(`${R}:1-3:7\n`));
	});

	test("an empty line when there are none, or no source", async () => {
		expect(await run("which-gtid-errant -i db2")).toEqual(ok("\n"));
		expect(await run("which-gtid-errant -i db1")).toEqual(ok("\n"));
		expect(await run("which-gtid-errant")).toEqual(ok("\n"));
	});

	test("of a replica whose source is away go by what was last seen of it", async () => {
		const alone = await createFixture({
			servers: [looked("db2.ny", `${P}:1-80,${R}:5`)],
			rows: (store) => store.inventory.save([primary]),
		});
		const { code, stdout } = await alone.run("which-gtid-errant -i db2");
		expect([code, stdout]).toEqual([0, `${R}:5\n`]);
		alone.remove();
	});

	test("are located in the binary logs", async () => {
		expect(await run("locate-gtid-errant -i db3")).toEqual(
			ok("bin.000003\nbin.000004\nbin.000005\n"),
		);
	});
});

describe("restart-replica-statements", () => {
	test.each<[string, string]>([
		[
			"-i running -statement set~global~x=1",
			"stop slave io_thread;\nstop slave sql_thread;\nset global x=1;\nstart slave sql_thread;\nstart slave io_thread;\n",
		],
		[
			"-i applying -statement select~1~;;~",
			"stop slave sql_thread;\nselect 1;\nstart slave sql_thread;\n",
		],
		["-i applying", "stop slave sql_thread;\nstart slave sql_thread;\n"],
		["-i stopped -statement select~1;", "select 1;\n"],
		["-i stopped", ""],
		["-i connecting", "stop slave io_thread;\nstart slave io_thread;\n"],
		[
			"-i modern",
			"stop replica io_thread;\nstop replica sql_thread;\nstart replica sql_thread;\nstart replica io_thread;\n",
		],
		[
			"-i maria",
			"stop slave io_thread;\nstop slave sql_thread;\nstart slave sql_thread;\nstart slave io_thread;\n",
		],
	])("%s", async (text, stdout) => {
		expect(await run(`restart-replica-statements ${text}`)).toEqual(ok(stdout));
		expect(await run(`restart-slave-statements ${text}`)).toEqual(ok(stdout));
	});
});

describe("refusals", () => {
	test.each<[string, string]>([
		["which-gtid-errant -i away", "away:3306: connection refused"],
		["locate-gtid-errant -i away", "away:3306: connection refused"],
		["restart-replica-statements -i away", "away:3306: connection refused"],
		["locate-gtid-errant -i db2", "no errant GTID on db2.ny:3306"],
	])("%s", async (text, reason) => {
		expect(await run(text)).toEqual(FAILS(reason));
	});

	test("purged errant GTIDs are in no binary log", async () => {
		const purged = await createFixture({
			servers: [primary, looked("db2.ny", `${P}:1-80,${R}:1`)],
			binaryLogs: [{ file: "bin.000009", before: `${P}:1-80,${R}:1-9` }],
		});
		expect(await purged.run("locate-gtid-errant -i db2")).toEqual(
			FAILS("was purged"),
		);
		purged.remove();
	});
});
