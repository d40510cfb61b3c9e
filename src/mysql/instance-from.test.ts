import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { MANUAL_ANSWERS } from "../../test/support/manual-answers.ts";
import { documentedDefaults, withValues } from "../config/keys.ts";
import { type Instance, NO_REPLICATION } from "../topology/instance.ts";
import type { Answer, Row } from "./answer.ts";
import { dialectFor } from "./dialect-for.ts";
import { ServerFault } from "./driver-error.ts";
import { instanceFrom, type PollAnswers } from "./instance-from.ts";
import type { PartName } from "./probe-findings.ts";
import { probeSettings } from "./settings.ts";

const CONTACT = "db2.example:3306";

const settingsOf = (values: Parameters<typeof withValues>[1] = {}) =>
	probeSettings(
		withValues(documentedDefaults(), {
			MySQLHostnameResolveMethod: "none",
			...values,
		}),
	);

const answersOf = (
	version: string,
	parts: Partial<Record<PartName, Answer>>,
	change: Partial<PollAnswers> = {},
): PollAnswers => ({
	dialect: dialectFor(version),
	parts,
	configured: {},
	uptimeSeconds: 5,
	privileges: undefined,
	startedAtMs: 1_000,
	endedAtMs: 1_002,
	...change,
});

const refused = (errno: number, message: string) =>
	new ServerFault("refused-by-server", message, errno);

describe("a replica as the manual shows it", () => {
	test.each(Object.entries(MANUAL_ANSWERS))(
		"of %s",
		(version, { identity, status }) => {
			const isMariadb = version.includes("MariaDB");
			const seen = instanceFrom(
				CONTACT,
				answersOf(version, { identity: [identity], replicaStatus: [status] }),
				settingsOf(),
			);
			expect(seen).toMatchObject({
				name: CONTACT,
				flavor: isMariadb ? "MariaDB" : "Percona",
				serverId: 2,
				readOnly: true,
				superReadOnly: !isMariadb,
				logReplicaUpdates: true,
				majorVersion: version.split(".").slice(0, 2).join("."),
				check: { outcome: "ok", latencyMs: 2 },
				lagSeconds: null,
				replicationCredentialsAvailable: !isMariadb,
				replication: {
					channel: "ch1",
					sourceHost: "db1.example",
					sourcePort: 3306,
					user: "repl",
					receiver: 2,
					applier: 1,
					readCoordinates: { file: "binlog.000009", position: 1307 },
					execCoordinates: { file: "binlog.000008", position: 1107 },
					relayCoordinates: { file: "relay-bin.000003", position: 1508 },
					lastReceiverErrno: 2003,
					secondsBehind: null,
					sqlDelaySeconds: 3600,
					hasFilters: true,
					allowTls: true,
					usingOracleGtid: !isMariadb,
					usingMariadbGtid: isMariadb,
					heartbeatPeriodSeconds: isMariadb ? 0.5 : 0,
					heartbeats: isMariadb ? 17 : null,
				},
			} satisfies Partial<Record<keyof Instance, unknown>>);
			expect(seen.replication.lastReceiverError).toContain("connecting to");
			expect(seen.replication.retrievedGtid).toMatch(/[:-]1-5$|0-1-5$/);
		},
	);
});

const { identity, status } = MANUAL_ANSWERS["8.4.3"];
const channel = (name: string, host: string): Row => ({
	...status,
	Channel_Name: name,
	Source_Host: host,
});

describe("channels", () => {
	const replicaOf = (rows: readonly Row[]) =>
		instanceFrom(
			CONTACT,
			answersOf("8.4.3", {
				identity: [identity],
				replicaStatus: rows,
				heartbeats: [
					{
						channel: "b",
						heartbeat_period: 1,
						heartbeats: 7,
						silent_for_us: 5e6,
					},
				],
			}),
			settingsOf(),
		);
	const names = (seen: Instance) => [
		seen.replication.channel,
		...seen.otherChannels.map((each) => each.channel),
	];

	it("come with the default one first, then by name", () => {
		const seen = replicaOf([
			channel("b", "db-b"),
			channel("", "db-default"),
			channel("a", "db-a"),
		]);
		expect(names(seen)).toEqual(["", "a", "b"]);
		expect(seen.otherChannels[1]).toMatchObject({
			sourceHost: "db-b",
			heartbeatPeriodSeconds: 1,
			heartbeats: 7,
			silentForMs: 5_000,
		});
		expect(names(replicaOf([channel("b", "x"), channel("a", "y")]))).toEqual([
			"a",
			"b",
		]);
	});

	it("leave out group replication's own", () => {
		expect(
			replicaOf([channel("group_replication_recovery", "")]).replication,
		).toEqual(NO_REPLICATION);
	});
});

describe("a refusal", () => {
	it("of the replica status fails the check, naming the privilege", () => {
		const ask = (version: string) =>
			instanceFrom(
				CONTACT,
				answersOf(version, {
					identity: [identity],
					replicaStatus: refused(1227, "Access denied"),
				}),
				settingsOf(),
			);
		expect(() => ask("8.4.3")).toThrow(/REPLICATION CLIENT/);
		expect(() => ask("10.11.6-MariaDB")).toThrow(/SLAVE MONITOR/);
	});

	it("of anything else is a finding that names what to grant", () => {
		const seen = instanceFrom(
			CONTACT,
			answersOf("8.4.3", {
				identity: [identity],
				replicaStatus: [],
				heartbeats: refused(
					1142,
					"SELECT command denied to user 'a'@'b' for table 'replication_connection_status'",
				),
				replicas: refused(
					1227,
					"Access denied; you need (at least one of) the REPLICATION SLAVE privilege(s) for this operation",
				),
				status: refused(1146, "Table 'performance_schema.x' doesn't exist"),
			}),
			settingsOf(),
		);
		expect(
			seen.findings.map(({ about, privilege }) => [about, privilege]),
		).toEqual([
			["semi-sync", ""],
			["heartbeat", "SELECT"],
			["replicas", "REPLICATION SLAVE"],
		]);
	});
});

describe("what the configuration asks for", () => {
	const settings = settingsOf({
		ReplicationLagQuery: "select lag",
		DetectClusterAliasQuery: "select alias",
		DetectClusterDomainQuery: "select domain",
		DetectPromotionRuleQuery: "select rule",
		DetectPseudoGTIDQuery: "select 1",
		DetectRegionQuery: "delete from meta.region",
		DataCenterPattern: "^db2",
		PhysicalEnvironmentPattern: "[.]([a-z]+)$",
	});
	const ask = (configured: PollAnswers["configured"], rows: Row[] = [status]) =>
		instanceFrom(
			CONTACT,
			answersOf(
				"8.4.3",
				{ identity: [identity], replicaStatus: rows },
				{ configured },
			),
			settings,
		);

	it("is taken over", () => {
		const answers = {
			lag: [{ x: "7" }],
			alias: [{ x: "shop" }],
			domain: [{ x: "shop.example" }],
			promotionRule: [{ x: "prefer_not" }],
			pseudoGtid: [{ x: 1 }],
		};
		expect(ask(answers)).toMatchObject({
			lagSeconds: 7,
			suggestedClusterAlias: "shop",
			// A read-only replica tells no domain.
			clusterDomain: "",
			promotionRule: "prefer_not",
			usingPseudoGtid: true,
			environment: "example",
			dataCenter: "",
		});
		expect(ask(answers, []).clusterDomain).toBe("shop.example");
		expect(ask({ lag: [{ x: null }] }).lagSeconds).toBeNull();
		expect(ask({ lag: [{ x: "-3" }] }).lagSeconds).toBe(0);
	});

	it("and does not get is a finding by the key's name", () => {
		const seen = ask({
			lag: [{ x: "late" }],
			alias: refused(1146, "Table 'meta.cluster' doesn't exist"),
			promotionRule: [{ x: "must" }],
		});
		const says = seen.findings.map((each) => each.says).join("\n");
		for (const part of [
			"ReplicationLagQuery gave 'late'",
			"DetectClusterAliasQuery failed (Table 'meta.cluster'",
			"DetectPromotionRuleQuery gave 'must'",
			"DetectRegionQuery is not one statement",
			"DataCenterPattern matches db2.example but has no group",
		])
			expect(says).toContain(part);
		expect(seen.promotionRule).toBe("neutral");
	});
});

const anyCell = fc.oneof(
	fc.string({ maxLength: 20 }),
	fc.constantFrom<unknown>(
		null,
		undefined,
		-1,
		Number.NaN,
		1e308,
		"Yes",
		"x".repeat(9_000),
		"99999999999999999999",
		{},
		[],
		new Uint8Array([255, 0]),
		"ON",
		"group_replication_group_name",
	),
	fc.double(),
);

/** Rows with the columns that a probe reads, some of them missing, and with anything in them. */
const anyRows = fc
	.array(
		fc.tuple(
			fc.subarray([
				...Object.keys(status),
				...Object.keys(identity),
				...["name", "value", "host", "Host", "Port", "port", "state", "role"],
				...["member_id", "channel", "silent_for_us", "heartbeats", "service"],
				...["File", "Position"],
			]),
			fc.array(anyCell, { minLength: 1, maxLength: 12 }),
		),
		{ maxLength: 4 },
	)
	.map((rows) =>
		rows.map(([columns, cells]) =>
			Object.fromEntries(
				columns.map((column, index) => [column, cells[index % cells.length]]),
			),
		),
	) as unknown as fc.Arbitrary<Row[]>;

const anyAnswer = fc.oneof(
	{ weight: 8, arbitrary: anyRows },
	{ weight: 1, arbitrary: fc.constant(refused(1142, "no privilege")) },
) as fc.Arbitrary<Answer>;

it("replicas that DiscoveryIgnoreReplicaHostnameFilters names are not listed", () => {
	const { identity, status } = MANUAL_ANSWERS["8.0.17"];
	const named = (filters: readonly string[]) =>
		instanceFrom(
			CONTACT,
			answersOf("8.0.17", {
				identity: [identity],
				replicaStatus: [status],
				replicas: [
					{ Host: "db7", Port: 3306 },
					{ Host: "rds1", Port: 3306 },
				],
			}),
			settingsOf({ DiscoveryIgnoreReplicaHostnameFilters: filters }),
		).replicas;
	expect(named([])).toEqual(["db7:3306", "rds1:3306"]);
	expect(named(["^rds"])).toEqual(["db7:3306"]);
});

describe("a hostile server", () => {
	it.each(Object.entries(MANUAL_ANSWERS))(
		"of %s that tells GTIDs which nobody can read is said to",
		(version, { identity, status }) => {
			const seen = instanceFrom(
				CONTACT,
				answersOf(version, {
					identity: [{ ...identity, gtid_executed: "no-gtid" }],
					replicaStatus: [status],
				}),
				settingsOf(),
			);
			expect(seen.executedGtid).toBe("no-gtid");
			expect(
				seen.findings.filter(({ about }) => about === "GTIDs"),
			).toMatchObject([
				{ says: expect.stringContaining("executed GTIDs cannot be read") },
			]);
		},
	);

	it("gives a bounded JSON instance or a fault, whatever it answers", () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...Object.keys(MANUAL_ANSWERS)),
				fc.record({
					identity: anyAnswer,
					replicaStatus: anyAnswer,
					variables: anyAnswer,
					binaryLog: anyAnswer,
					status: anyAnswer,
					heartbeats: anyAnswer,
					groupMembers: anyAnswer,
					replicas: anyAnswer,
					dumps: anyAnswer,
					ndb: anyAnswer,
				}),
				fc.record({ lag: anyAnswer, alias: anyAnswer, semiSync: anyAnswer }),
				(version, parts, configured) => {
					const settings = settingsOf({
						ReplicationLagQuery: "select 1",
						DetectClusterAliasQuery: "select 1",
						DetectSemiSyncEnforcedQuery: "select 1",
					});
					let seen: Instance;
					try {
						seen = instanceFrom(
							CONTACT,
							answersOf(version, parts, { configured }),
							settings,
						);
					} catch (error) {
						expect(error).toBeInstanceOf(ServerFault);
						return;
					}
					const text = JSON.stringify(seen);
					expect(JSON.parse(text)).toEqual(seen);
					expect(text.length).toBeLessThan(400_000);
				},
			),
			{ numRuns: 400 },
		);
	});
});
