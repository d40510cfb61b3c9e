import { describe, expect, test } from "vitest";
import { replicating, server } from "../../../test/support/made-up-servers.ts";
import { NO_REPLICATION } from "../../topology/instance.ts";
import {
	identityObjection,
	type MoveFacts,
	moveObjection,
} from "./move-objection.ts";

const A = "aaaaaaaa-0000-0000-0000-000000000000";

const CHANNEL = replicating("db1", { retrievedGtid: "" });

const facts = (given: Partial<MoveFacts> = {}): MoveFacts => ({
	step: {
		do: "moveBelow",
		on: "db3:3306",
		channel: "",
		source: "db2:3306",
		sourceUuid: "uuid-2",
		sourceId: 2,
	},
	replica: server("db3", 3, {
		serverUuid: "uuid-3",
		executedGtid: `${A}:1-9`,
		readOnly: true,
		replication: CHANNEL,
	}),
	channel: CHANNEL,
	source: server("db2", 2, { serverUuid: "uuid-2" }),
	hasCredential: false,
	keepsRelayLogs: false,
	...given,
});
const { step, replica, source } = facts();
if (source === undefined) throw new Error("the source of the facts");

const laid = (given: Partial<MoveFacts> = {}) =>
	facts({
		channel: NO_REPLICATION,
		replica: { ...replica, replication: NO_REPLICATION },
		...given,
	});

describe("a move", () => {
	test("is not objected to when all is well, or the source cannot be asked", () => {
		expect(identityObjection(facts())).toBe("");
		expect(moveObjection(facts())).toBe("");
		const { source: _, ...gone } = facts();
		expect(identityObjection({ ...gone, source: undefined })).toBe("");
		expect(moveObjection({ ...gone, source: undefined })).toBe("");
	});

	test("is objected to when the source is not who is meant", () => {
		const says = (given: Partial<MoveFacts>) => identityObjection(facts(given));
		expect(says({ step: { ...step, source: "db3:3306" } })).toContain(
			"its own",
		);
		expect(says({ source: { ...source, serverUuid: "x" } })).toContain("uuid");
		expect(says({ source: { ...source, serverId: 9 } })).toContain("server_id");
		const unsaid = { ...step, sourceUuid: "", sourceId: 0 };
		expect(says({ step: unsaid, source: { ...source, serverId: 9 } })).toBe("");
		expect(
			says({ step: unsaid, source: { ...source, serverUuid: "uuid-3" } }),
		).toContain("one server");
	});

	test("is objected to without GTID on either side", () => {
		const byFile = { ...CHANNEL, usingOracleGtid: false };
		expect(moveObjection(facts({ channel: byFile }))).toContain(
			"db3:3306 does not replicate by GTID",
		);
		expect(
			moveObjection(
				facts({ source: { ...source, supportsOracleGtid: false } }),
			),
		).toContain("has no GTIDs");
	});

	test("that lays a channel needs an account", () => {
		expect(moveObjection(laid())).toContain("no replication account");
		expect(moveObjection(laid({ hasCredential: true }))).toBe("");
		expect(
			moveObjection(laid({ channel: { ...NO_REPLICATION, user: "repl" } })),
		).toBe("");
	});

	test("that lays a channel on MariaDB needs a server without others", () => {
		const own = { ...replica, flavor: "MariaDB" as const };
		const given = {
			hasCredential: true,
			step: { ...step, channel: "two" },
			replica: { ...own, replication: CHANNEL },
		};
		expect(moveObjection(laid(given))).toContain("cannot be adopted");
		expect(
			moveObjection(
				laid({ ...given, replica: { ...own, replication: NO_REPLICATION } }),
			),
		).toBe("");
	});

	test("is objected to when another channel has that source", () => {
		const other = { ...CHANNEL, channel: "two", sourceHost: "db2" };
		expect(
			moveObjection(facts({ replica: { ...replica, otherChannels: [other] } })),
		).toContain("cannot have one source");
	});

	test("is objected to when what the replica needs is purged, unless it has received that and keeps it", () => {
		const purged = { ...source, purgedGtid: `${A}:1-10` };
		expect(moveObjection(facts({ source: purged }))).toContain(`${A}:10`);
		const received = { ...CHANNEL, retrievedGtid: `${A}:10` };
		const given = { source: purged, channel: received };
		expect(moveObjection(facts(given))).toContain(`${A}:10`);
		expect(moveObjection(facts({ ...given, keepsRelayLogs: true }))).toBe("");
	});
});
