/** Servers that tell anything at all, within the types of an instance. */
import fc from "fast-check";
import type { ThreadState } from "../../src/topology/instance.ts";

const NOW = Date.UTC(2026, 0, 1, 12);

const text = fc.oneof(
	fc.string({ unit: "binary", maxLength: 12 }),
	fc.constantFrom(
		"",
		"\ud800",
		"é日本🙂",
		"\0",
		"x".repeat(300),
		"x".repeat(70_000),
		"'; drop table database_instance; --",
		"0000-00-00 00:00:00",
		"3E11FA47-71CA-11E1-9E33-C80AA9429562:1-",
		"3E11FA47-71CA-11E1-9E33-C80AA9429562:5-3:tag:1-99999999999999999999",
		"0-1-100,x",
		"mysql-bin.999999999999",
	),
);

const number = fc.oneof(
	fc.integer(),
	fc.double({ noNaN: true, noDefaultInfinity: true }),
	fc.constantFrom(0, -1, 1, 2 ** 31, 2 ** 53, 2 ** 64, 1e308, 0.5),
);

const time = fc.oneof(
	fc.constantFrom(0, -1, NOW, NOW - 10_000, NOW + 1, 8.64e15, 1e18, 0.5),
	number,
);

const host = fc.constantFrom("db1", "db2", "db3", "//db1", "_", "", "::1");

const replication = fc.record({
	channel: text,
	sourceHost: host,
	sourcePort: fc.constantFrom(0, 3306, 65_535),
	sourceUuid: text,
	user: text,
	receiver: fc.constantFrom<ThreadState>(-1, 0, 1, 2),
	applier: fc.constantFrom<ThreadState>(-1, 0, 1, 2),
	readCoordinates: fc.record({ file: text, position: number }),
	execCoordinates: fc.record({ file: text, position: number }),
	relayCoordinates: fc.record({ file: text, position: number }),
	retrievedGtid: text,
	lastReceiverError: text,
	lastReceiverErrno: number,
	lastApplierError: text,
	secondsBehind: fc.option(number),
	sqlDelaySeconds: number,
	usingOracleGtid: fc.boolean(),
	usingMariadbGtid: fc.boolean(),
	hasFilters: fc.boolean(),
	allowTls: fc.boolean(),
	heartbeatPeriodSeconds: number,
	silentForMs: fc.option(number),
	heartbeats: fc.option(number),
});

/** What a server may tell of itself; what is missing it did not tell. */
export const hostileServer = fc.record(
	{
		check: fc.record({
			outcome: fc.constantFrom(
				"ok" as const,
				"unknown" as const,
				"lost" as const,
				"refused-by-server" as const,
			),
			checkedAtMs: time,
			attemptedAtMs: time,
			seenAtMs: time,
			partialSuccess: fc.boolean(),
			error: text,
			// Measured here.
			latencyMs: fc.nat(),
		}),
		uptimeSeconds: number,
		serverId: number,
		serverUuid: text,
		version: text,
		versionComment: text,
		majorVersion: text,
		readOnly: fc.boolean(),
		logBin: fc.boolean(),
		logReplicaUpdates: fc.boolean(),
		binlogFormat: text,
		binlogRowImage: text,
		selfCoordinates: fc.record({ file: text, position: number }),
		gtidMode: text,
		executedGtid: text,
		binlogGtidState: text,
		purgedGtid: text,
		errantGtid: text,
		replication,
		otherChannels: fc.array(replication, { maxLength: 2 }),
		semiSync: fc.record({
			available: fc.boolean(),
			sourceEnabled: fc.boolean(),
			sourceActive: fc.boolean(),
			sourceTimeoutMs: number,
			waitForReplicaCount: number,
			waitPoint: text,
			clients: number,
			replicaEnabled: fc.boolean(),
			replicaActive: fc.boolean(),
			priority: number,
		}),
		group: fc.record({
			name: text,
			singlePrimary: fc.boolean(),
			memberState: text,
			memberRole: fc.oneof(text, fc.constant("PRIMARY")),
			members: fc.constantFrom([], ["db1:3306", "db2:3306"]),
			primary: fc.constantFrom("", "db1:3306", "db3:3306"),
		}),
		replicas: fc.constantFrom([], ["db1:3306", "::1:3306"]),
		lagSeconds: fc.option(number),
		isBinlogServer: fc.boolean(),
		usingPseudoGtid: fc.boolean(),
		dataCenter: text,
		region: text,
		environment: text,
		instanceAlias: text,
		suggestedClusterAlias: text,
		clusterDomain: text,
		findings: fc.array(
			fc.record({ about: text, privilege: text, says: text }),
			{
				maxLength: 2,
			},
		),
	},
	{ requiredKeys: [] },
);
