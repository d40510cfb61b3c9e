import { describe, expect, it } from "vitest";
import {
	server as madeUp,
	running,
	uuid,
} from "../../test/support/made-up-servers.ts";
import {
	canReplicateFrom,
	isGtidCompatible,
	missingPurged,
} from "./can-replicate.ts";
import type { Instance } from "./instance.ts";

const server = (
	host: string,
	serverId: number,
	rest: Partial<Instance> = {},
): Instance =>
	madeUp(host, serverId, {
		version: "8.0.36",
		gtidMode: "",
		supportsOracleGtid: false,
		executedGtid: "",
		...rest,
	});
const options = { verifyFilters: false, maxMaintenanceLagSeconds: 20 };
const replicating = (rest = {}) => running("p", rest);
const mariadb = { flavor: "MariaDB", version: "10.11.6-MariaDB" } as const;

describe("canReplicateFrom", () => {
	it("allows level servers, a newer replica, and MariaDB below MySQL 5.7", () => {
		for (const replica of [
			{},
			{ version: "8.4.0" },
			{ binlogFormat: "STATEMENT", logBin: false },
		])
			expect(
				canReplicateFrom(server("r", 2, replica), server("s", 1), options),
			).toEqual({ ok: true });
		expect(
			canReplicateFrom(
				server("r", 2, mariadb),
				server("s", 1, { version: "5.7.44" }),
				options,
			).ok,
		).toBe(true);
	});

	it.each<[string, Partial<Instance>, Partial<Instance>]>([
		["same instance", { name: "s:3306" }, {}],
		["r:3306 was never seen", { version: "" }, {}],
		["writes no binary log", {}, { logBin: false }],
		[
			"does not log what it replicates",
			{},
			{ logReplicaUpdates: false, replication: replicating() },
		],
		["older than 8.4.0", {}, { version: "8.4.0" }],
		["STATEMENT format", { binlogFormat: "STATEMENT" }, {}],
		["both have server id 1", { serverId: 1 }, {}],
		["same server UUID", { serverUuid: uuid(1) }, {}],
		[
			"delayed by 3600 s",
			{},
			{ replication: replicating({ sqlDelaySeconds: 3600 }) },
		],
		["MySQL 8.0.36 does not replicate from MariaDB", {}, mariadb],
		["does not replicate from MySQL 8.0.36", mariadb, {}],
	])("refuses: %s", (says, replica, source) => {
		const verdict = canReplicateFrom(
			server("r", 2, replica),
			server("s", 1, source),
			options,
		);
		expect(verdict).toMatchObject({
			ok: false,
			reason: expect.stringContaining(says),
		});
	});

	it("looks at filters when told to", () => {
		const source = server("s", 1, {
			replication: replicating({ hasFilters: true }),
		});
		expect(canReplicateFrom(server("r", 2), source, options).ok).toBe(true);
		expect(
			canReplicateFrom(server("r", 2), source, {
				...options,
				verifyFilters: true,
			}).ok,
		).toBe(false);
	});

	it("exempts binlog servers from versions, identities and formats", () => {
		const source = server("s", 2, {
			isBinlogServer: true,
			version: "9.9.9",
			serverUuid: uuid(2),
		});
		expect(canReplicateFrom(server("r", 2), source, options)).toEqual({
			ok: true,
		});
		const relay = server("x", 3, {
			isBinlogServer: true,
			binlogFormat: "INHERIT",
		});
		expect(canReplicateFrom(relay, server("p", 4), options)).toEqual({
			ok: true,
		});
	});
});

it("checks what a move by GTID needs", () => {
	const uuid = "00000000-0000-0000-0000-00000000000a";
	const replica = server("r", 2, {
		executedGtid: `${uuid}:1-50`,
		replication: replicating({ usingOracleGtid: true }),
	});
	const source = server("s", 1, {
		supportsOracleGtid: true,
		purgedGtid: `${uuid}:1-60`,
	});
	expect(isGtidCompatible(replica, source)).toBe(true);
	expect(isGtidCompatible(replica, server("m", 3, mariadb))).toBe(false);
	expect(missingPurged(replica, source)).toBe(`${uuid}:51-60`);
	expect(
		missingPurged(replica, { ...source, purgedGtid: `${uuid}:1-50` }),
	).toBe("");
});
