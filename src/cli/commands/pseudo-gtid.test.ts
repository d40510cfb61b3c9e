import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	type Fixture,
	type FixtureOptions,
	replica,
	server,
} from "../../../test/support/command-line.ts";
import { memoryLogs, type Told } from "../../../test/support/memory-logs.ts";
import type { Instance } from "../../topology/instance.ts";

const MARKER = "drop view if exists `_pseudo_gtid_`.`_asc:";

const marker = (number: number, xid = ""): Told => [
	"Query",
	`${MARKER}${number}\`${xid}`,
];
const commit = (xid: number): Told => ["Xid", `COMMIT /* xid=${xid} */`];

const standing = (
	instance: Instance,
	own: [string, number],
	relay: [string, number] = ["", 0],
	more: Partial<Instance> = {},
): Instance => ({
	...instance,
	...more,
	selfCoordinates: { file: own[0], position: own[1] },
	replication: {
		...instance.replication,
		relayCoordinates: { file: relay[0], position: relay[1] },
	},
});

const servers = [
	standing(server("db1.ny"), ["bin.000004", 24]),
	standing(
		replica("db2.ny", "db1.ny", 1),
		["bin.000002", 34],
		["rel.000001", 34],
	),
	standing(
		replica("db3.ny", "db1.ny", 1),
		["bin.000001", 14],
		["rel.000003", 44],
		{
			logReplicaUpdates: false,
		},
	),
	standing(replica("db4.ny", "db2.ny", 2), ["", 0], ["rel.000009", 14], {
		logBin: false,
	}),
];

const LOGS = {
	"db1.ny:3306": memoryLogs("db1.ny:3306", {
		"bin.000001": [marker(1), commit(7)],
		"bin.000002": [marker(2, " /* xid=8 */"), commit(9), commit(10)],
		"bin.000003": [["Format_desc", "Server ver"]],
		"bin.000004": [["Format_desc", "Server ver"], commit(11)],
	}),
	"db2.ny:3306": memoryLogs(
		"db2.ny:3306",
		{
			"bin.000001": [marker(1), commit(1), marker(2), commit(2)],
			"bin.000002": [["Format_desc", "Server ver"], commit(3), commit(4)],
		},
		{
			"rel.000001": [
				["Rotate", "bin.000001;pos=4"],
				commit(9),
				commit(10),
				commit(11),
			],
		},
	),
	"db3.ny:3306": memoryLogs(
		"db3.ny:3306",
		{ "bin.000001": [["Format_desc", "Server ver"]] },
		{
			"rel.000003": [
				marker(2, " /* xid=8 */"),
				commit(9),
				commit(10),
				commit(11),
			],
		},
	),
	"db4.ny:3306": memoryLogs(
		"db4.ny:3306",
		{},
		{ "rel.000009": [["Rotate", "bin.000001;pos=4"], commit(3)] },
	),
};

const CONFIGURED = {
	PseudoGTIDPattern: MARKER,
	PseudoGTIDPatternIsFixedSubstring: true,
};

const fixtures: Fixture[] = [];
const fixture = async (
	configuration: FixtureOptions["configuration"] = CONFIGURED,
): Promise<Fixture["run"]> => {
	const made = await createFixture({
		servers,
		logsOf: (name) => {
			const logs = LOGS[name as keyof typeof LOGS];
			if (logs === undefined) throw new Error(`no logs of ${name}`);
			return logs;
		},
		...(configuration === undefined ? {} : { configuration }),
		rows: (store) => store.inventory.save([...servers]),
	});
	fixtures.push(made);
	return made.run;
};
afterAll(() => {
	for (const made of fixtures) made.remove();
});

const run = await fixture();
const ok = (stdout: string) => ({ code: 0, stdout: `${stdout}\n`, stderr: "" });

describe("what is printed", () => {
	test.each<[string, string]>([
		["last-pseudo-gtid -i db2", `bin.000001:24:${MARKER}2\``],
		// Behind a server's text stands the number of its own transaction.
		["last-pseudo-gtid -i db1 -strict", `bin.000002:4:${MARKER}2\``],
		["last-pseudo-gtid -i db3", `rel.000003:4:${MARKER}2\``],
		[
			`find-binlog-entry -i db1 -pattern ${MARKER.replaceAll(" ", "~")}2\``,
			"bin.000002:4",
		],
		["find-binlog-entry -i db1 -pattern COMMIT~/*~xid=10~*/", "bin.000002:24"],
		["correlate-binlog-pos -i db1 -d db2", "bin.000002:34"],
		[
			"correlate-binlog-pos -i db1 -s db2 -binlog bin.000002:24",
			"bin.000001:44",
		],
		[
			"correlate-binlog-pos -i db1 -d db2 -binlog bin.000002:14",
			"bin.000001:34",
		],
		[
			"correlate-binlog-pos -i db1 -d db2 -binlog bin.000001:14",
			"bin.000001:14",
		],
		["correlate-binlog-pos -i db2 -d db1", "bin.000004:24"],
		["correlate-binlog-pos -i db3 -d db2", "bin.000002:34"],
		[
			"last-executed-relay-entry -i db2",
			"{Coordinates:rel.000001:24 NextEventPos:34 EventType:Xid Info:COMMIT /* xid=10 */}:34",
		],
		[
			"last-executed-relay-entry -i db3",
			"{Coordinates:rel.000003:34 NextEventPos:44 EventType:Xid Info:COMMIT /* xid=11 */}:44",
		],
		// The last of a relay log: its end is where the applier stands.
		[
			"correlate-relaylog-pos -i db3 -d db2",
			"rel.000003:34;rel.000001:34;rel.000001:44",
		],
		[
			"correlate-relaylog-pos -i db2 -d db3",
			"rel.000001:24;rel.000003:24;rel.000003:34",
		],
		[
			"correlate-relaylog-pos -i db2 -d db3 -binlog rel.000001:14",
			"rel.000001:14;rel.000003:14;rel.000003:24",
		],
	])("%s", async (text, stdout) => {
		expect(await run(text)).toEqual(ok(stdout));
	});

	test("once for each instance in -i", async () => {
		expect(await run("last-pseudo-gtid -i db2,db3")).toEqual(
			ok(`bin.000001:24:${MARKER}2\`\nrel.000003:4:${MARKER}2\``),
		);
	});
});

describe("refusals", () => {
	test.each<[string, string]>([
		["find-binlog-entry -i away", "No pattern given: give -pattern"],
		["find-binlog-entry -i away -pattern x", "away:3306: connection refused"],
		[
			"find-binlog-entry -i db4 -pattern x",
			"db4.ny:3306 has no binary logs: log_bin is off",
		],
		[
			"find-binlog-entry -i db1 -pattern COMMIT~x",
			'is exactly "COMMIT x"; compare it with',
		],
		["last-pseudo-gtid -i away", "away:3306: connection refused"],
		[
			"last-pseudo-gtid -i db1",
			"no Pseudo-GTID entry in the newest binary and relay logs of db1.ny:3306; -strict searches all of them",
		],
		[
			"last-pseudo-gtid -i db4 -strict",
			"no Pseudo-GTID entry in the binary and relay logs of db4.ny:3306: nothing in them matches PseudoGTIDPattern",
		],
		[
			"last-pseudo-gtid -i db1 -strict -skip-binlog-search",
			"no Pseudo-GTID entry in the relay logs of db1.ny:3306",
		],
		["correlate-binlog-pos -i db1", "cannot deduce destination: give -d"],
		[
			"correlate-binlog-pos -i db1 -d db2 -binlog x",
			'malformed coordinates: "x" is not file:position',
		],
		[
			"correlate-binlog-pos -i db1 -d db2 -binlog bin.000009:4",
			'db1.ny:3306 has no binary log "bin.000009"; it has bin.000001 to bin.000004',
		],
		[
			"correlate-binlog-pos -i db1 -d db2 -binlog bin.000002:15",
			"bin.000002:15 is no place in the binary log bin.000002 of db1.ny:3306: one begins at 14, before it",
		],
		[
			"correlate-binlog-pos -i db1 -d db2 -binlog bin.000002:99",
			"the log ends at 34",
		],
		[
			"correlate-binlog-pos -i db1 -d db2 -binlog bin.000001:4",
			"no Pseudo-GTID entry of db1.ny:3306 before bin.000001:4 matches PseudoGTIDPattern",
		],
		[
			"correlate-binlog-pos -i db1 -d db2 -binlog bin.000001:4 -skip-binlog-search",
			"-skip-binlog-search leaves out; give one of the two",
		],
		[
			"correlate-binlog-pos -i db4 -d db2",
			"db4.ny:3306 has no binary logs: log_bin is off",
		],
		[
			"correlate-binlog-pos -i db1 -d db3",
			"db3.ny:3306 does not log what it replicates: log_replica_updates is off",
		],
		[
			"last-executed-relay-entry -i db1",
			"db1.ny:3306 is not a replica: it has no relay logs",
		],
		[
			"last-executed-relay-entry -i db4",
			"no applied entry is left in the relay logs of db4.ny:3306, which stand at rel.000009:14",
		],
		["correlate-relaylog-pos -i db2", "cannot deduce destination: give -d"],
		["correlate-relaylog-pos -i db2 -d db1", "db1.ny:3306 is not a replica"],
		[
			"correlate-relaylog-pos -i db2 -d db4",
			"db2.ny:3306 and db4.ny:3306 are not siblings: the one replicates from db1.ny:3306, the other from db2.ny:3306",
		],
		[
			"correlate-relaylog-pos -i db2 -d db3 -binlog rel.000001",
			"malformed coordinates",
		],
		[
			"correlate-relaylog-pos -i db2 -d db3 -binlog rel.000002:4",
			'db2.ny:3306 has no relay log "rel.000002"',
		],
		[
			"correlate-relaylog-pos -i db2 -d db3 -binlog rel.000001:5",
			"no event begins at rel.000001:5",
		],
		[
			"correlate-relaylog-pos -i db2 -d db3 -binlog rel.000001:4",
			"no entry begins at rel.000001:4",
		],
		[
			"correlate-relaylog-pos -i db3 -d db2 -binlog rel.000003:4",
			"the entry at rel.000003:4 of db3.ny:3306 is in no relay log of db2.ny:3306",
		],
	])("%s", async (text, reason) => {
		expect(await run(text)).toEqual(
			FAILS(reason.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")),
		);
	});

	test.each([
		[{}, "Pseudo-GTID is not configured: set PseudoGTIDPattern"],
		[{ PseudoGTIDPattern: "(" }, "is no regular expression that RE2 takes"],
	])("%j", async (configuration, reason) => {
		const bare = await fixture(configuration);
		for (const command of ["last-pseudo-gtid", "correlate-binlog-pos"])
			expect(await bare(`${command} -i db1 -d db2`)).toEqual(FAILS(reason));
	});
});
