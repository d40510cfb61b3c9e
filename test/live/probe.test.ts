import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
	type Configuration,
	documentedDefaults,
	withValues,
} from "../../src/config/keys.ts";
import { createServers } from "../../src/mysql/servers.ts";
import { access, probeSettings } from "../../src/mysql/settings.ts";
import type { Instance } from "../../src/topology/instance.ts";
import { ACCOUNTS } from "../lab/accounts.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { portOf } from "./port.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

const PASSWORD = "watcher-secret";

const privilegesMissing = (seen: Instance): string[] => [
	...new Set(
		seen.findings.map((each) => each.privilege).filter((each) => each !== ""),
	),
];

const says = (seen: Instance): string =>
	seen.findings.map((each) => each.says).join("\n");

describe.each(FLAVORS)("a %s server", (flavor) => {
	const isMysql = flavor === "mysql";
	let lab: Lab;
	let sources: readonly [LabServer, LabServer];
	let replica: LabServer;
	beforeAll(async () => {
		lab = await createLab({ flavor });
		const start = () => lab.startServer({ readOnlyAtStart: false });
		const [one, two, three] = await Promise.all([start(), start(), start()]);
		sources = [one, two];
		replica = three;
	}, TEST_MS);
	afterAll(async () => lab?.stop(), TEST_MS);

	/** An account of that name with these grants, without a trace in the binary log. */
	const account = async (
		server: LabServer,
		user: string,
		grants: readonly string[],
	): Promise<Partial<Configuration>> => {
		const connection = await server.connect("root");
		try {
			await connection.query("SET SESSION sql_log_bin = 0");
			await connection.query(
				`CREATE USER '${user}'@'%' IDENTIFIED BY '${PASSWORD}'`,
			);
			for (const grant of grants)
				await connection.query(`GRANT ${grant} TO '${user}'@'%'`);
		} finally {
			connection.destroy();
		}
		return { MySQLTopologyUser: user, MySQLTopologyPassword: PASSWORD };
	};

	const attach = async (
		channel: string,
		source: LabServer,
		delaySeconds: number,
	): Promise<void> => {
		const { user, password } = ACCOUNTS.repl;
		const prefix = isMysql ? "SOURCE" : "MASTER";
		const settings = [
			`${prefix}_HOST = '${source.host}'`,
			`${prefix}_PORT = ${source.port}`,
			`${prefix}_USER = '${user}'`,
			`${prefix}_PASSWORD = '${password}'`,
			`${prefix}_HEARTBEAT_PERIOD = 0.5`,
			`${prefix}_DELAY = ${delaySeconds}`,
			...(isMysql
				? ["SOURCE_AUTO_POSITION = 1", "GET_SOURCE_PUBLIC_KEY = 1"]
				: ["MASTER_USE_GTID = slave_pos"]),
		].join(", ");
		await replica.query(
			isMysql
				? `CHANGE REPLICATION SOURCE TO ${settings} FOR CHANNEL '${channel}'`
				: `CHANGE MASTER '${channel}' TO ${settings}`,
		);
	};

	test(
		"that replicates from two sources shows both channels, with delay and filters",
		async () => {
			await attach("first", sources[0], 0);
			await attach("second", sources[1], 3600);
			if (isMysql)
				await replica.query(
					"CHANGE REPLICATION FILTER REPLICATE_IGNORE_DB = (scratch) FOR CHANNEL 'second'",
				);
			else
				await replica.query(
					"SET GLOBAL second.replicate_ignore_db = 'scratch'",
				);
			await replica.query(isMysql ? "START REPLICA" : "START ALL SLAVES");
			const look = () => portOf().look(replica.name);
			await waitUntil("both receivers and a heartbeat", async () => {
				const { replication, otherChannels } = await look();
				return [replication, ...otherChannels].every(
					(each) => each.receiver === 1 && (each.heartbeats ?? 0) > 0,
				);
			});
			const seen = await look();
			const common = {
				user: ACCOUNTS.repl.user,
				receiver: 1,
				applier: 1,
				heartbeatPeriodSeconds: 0.5,
				usingOracleGtid: isMysql,
				usingMariadbGtid: !isMysql,
				lastReceiverError: "",
				lastApplierError: "",
			};
			expect(seen.replication).toMatchObject({
				...common,
				channel: "first",
				sourceHost: sources[0].host,
				sourcePort: sources[0].port,
				sqlDelaySeconds: 0,
				hasFilters: false,
			});
			expect(seen.otherChannels).toHaveLength(1);
			expect(seen.otherChannels[0]).toMatchObject({
				...common,
				channel: "second",
				sourcePort: sources[1].port,
				sqlDelaySeconds: 3600,
				hasFilters: true,
			});
			for (const { silentForMs } of [seen.replication, ...seen.otherChannels])
				if (isMysql) expect(silentForMs).toBeLessThan(10_000);
				else expect(silentForMs).toBeNull();
			expect(seen.findings).toEqual([]);
		},
		TEST_MS,
	);

	test("whose account may not read the replica status fails the check and does not look like a primary", async () => {
		const login = await account(replica, "nobody", []);
		const before = await portOf().look(replica.name);
		const seen = await portOf(login).look(replica.name, before);
		expect(seen.check).toMatchObject({
			outcome: "refused-by-server",
			partialSuccess: true,
			error: expect.stringContaining(
				isMysql ? "REPLICATION CLIENT" : "SLAVE MONITOR",
			),
		});
		expect(seen.replication).toEqual(before.replication);
	});

	test("whose account lacks privileges is read all the same, and they are named", async () => {
		const least = isMysql ? "REPLICATION CLIENT" : "SLAVE MONITOR";
		const login = await account(replica, "least", [`${least} ON *.*`]);
		const seen = await portOf(login).look(replica.name);
		expect(seen).toMatchObject({
			check: { outcome: "ok" },
			serverId: replica.serverId,
			replication: { channel: "first", receiver: 1 },
			replicationCredentialsAvailable: false,
			selfCoordinates: { file: expect.stringMatching(/^binlog\.\d+$/) },
		});
		expect(privilegesMissing(seen)).toEqual(
			isMysql
				? [
						"PROCESS",
						"REPLICATION SLAVE",
						"SELECT",
						"REPLICATION_SLAVE_ADMIN",
						"SYSTEM_VARIABLES_ADMIN",
						"CONNECTION_ADMIN",
						"RELOAD",
					]
				: [
						"PROCESS",
						"REPLICATION MASTER ADMIN",
						"REPLICATION SLAVE ADMIN",
						"READ_ONLY ADMIN",
						"CONNECTION ADMIN",
						"RELOAD",
					],
		);
		expect(says(seen)).toContain("PROCESS on *.*");
	});

	test("whose account is granted by a role lacks nothing of that; what is granted later is noticed within a minute", async () => {
		const connection = await replica.connect("root");
		await connection.query("SET SESSION sql_log_bin = 0");
		try {
			await connection.query("CREATE ROLE watching");
			await connection.query(
				`GRANT ${isMysql ? "REPLICATION CLIENT" : "SLAVE MONITOR"}, PROCESS ON *.* TO watching`,
			);
			const login = await account(replica, "byrole", ["watching"]);
			await connection.query(
				`SET DEFAULT ROLE watching ${isMysql ? "TO" : "FOR"} 'byrole'@'%'`,
			);
			let later = 0;
			const configuration = withValues(documentedDefaults(), {
				MySQLHostnameResolveMethod: "none",
				...login,
			});
			const port = createServers({
				access: () => access(configuration),
				probeSettings: () => probeSettings(configuration),
				isAllowed: () => true,
				nowMs: () => Date.now() + later,
			});
			const session = await port.open(replica.name, "watch");
			const first = await port.probe(session);
			expect(privilegesMissing(first)).not.toContain("PROCESS");
			expect(privilegesMissing(first)).toContain("RELOAD");
			await connection.query("GRANT RELOAD ON *.* TO 'byrole'@'%'");
			expect(privilegesMissing(await port.probe(session))).toContain("RELOAD");
			expect(session.isRetired).toBe(false);
			later = 61_000;
			expect(privilegesMissing(await port.probe(session))).not.toContain(
				"RELOAD",
			);
			expect(session.isRetired).toBe(true);
			session.close();
		} finally {
			connection.destroy();
		}
	});

	test("answers the queries of the configuration, and those that fail or hang are findings", async () => {
		const port = portOf({
			ReplicationLagQuery: "select 7 -- seconds",
			DetectClusterAliasQuery: "select alias from meta.cluster;",
			DetectDataCenterQuery: "select 'ams'",
			DetectPromotionRuleQuery: "select 'prefer_not'",
			DetectSemiSyncEnforcedQuery: "select 2",
			DetectPseudoGTIDQuery: "select 1",
			DetectRegionQuery: "select sleep(30)",
			RegionPattern: "^(127)",
		});
		const session = await port.open(sources[0].name, "watch", {
			queryMs: 1_000,
		});
		const seen = await port.probe(session);
		expect(seen).toMatchObject({
			check: { outcome: "ok" },
			dataCenter: "ams",
			lagSeconds: 7,
			suggestedClusterAlias: "",
			region: "127",
		});
		expect(says(seen)).toContain("DetectClusterAliasQuery failed");
		expect(says(seen)).toContain("DetectRegionQuery failed (no answer within");
		expect(session.isOpen).toBe(false);
		// The one that hung is left alone for a while, so that the others are heard.
		const again = await port.open(sources[0].name, "watch", { queryMs: 1_000 });
		expect(await port.probe(again)).toMatchObject({
			promotionRule: "prefer_not",
			usingPseudoGtid: true,
			semiSync: { priority: 2 },
		});
		expect(again.isOpen).toBe(true);
		again.close();
	});

	test("names its replicas by the process list, on its own port", async () => {
		const [source] = sources;
		const seen = await portOf({ DiscoverByShowSlaveHosts: false }).look(
			`localhost:${source.port}`,
		);
		expect(seen.replicas).toEqual([`127.0.0.1:${source.port}`]);
		expect((await portOf().look(source.name)).replicas).toEqual([replica.name]);
	});
});

test(
	"a MySQL server that wants TLS gets it, by itself",
	async () => {
		const lab = await createLab({ flavor: "mysql" });
		try {
			const server = await lab.startServer({
				readOnlyAtStart: false,
				extraOptions: { require_secure_transport: true },
			});
			const skip = { MySQLTopologySSLSkipVerify: true };
			expect((await portOf(skip).look(server.name)).check.outcome).toBe("ok");
			const plain = await portOf({
				...skip,
				MySQLTopologyUseMixedTLS: false,
			}).look(server.name);
			expect(plain.check).toMatchObject({
				outcome: "refused-by-server",
				partialSuccess: false,
			});

			// Its own certificates, made when it was initialised.
			const pem = (name: string) =>
				join(server.directory, "data", `${name}.pem`);
			await server.query(
				`ALTER USER '${ACCOUNTS.orchestrator.user}'@'%' REQUIRE X509`,
			);
			const checked = {
				MySQLTopologyUseMutualTLS: true,
				MySQLTopologySSLCAFile: pem("ca"),
			};
			const unknown = await portOf(checked).look(server.name);
			expect(unknown.check.outcome).toBe("refused-by-server");
			const certified = await portOf({
				...checked,
				MySQLTopologySSLCertFile: pem("client-cert"),
				MySQLTopologySSLPrivateKeyFile: pem("client-key"),
			}).look(server.name);
			expect(certified.check).toMatchObject({ outcome: "ok", error: "" });
			const untrusted = await portOf({ MySQLTopologyUseMutualTLS: true }).look(
				server.name,
			);
			expect(untrusted.check.outcome).toBe("own-fault");
			expect(untrusted.check.error).toContain("certificate");
		} finally {
			await lab.stop();
		}
	},
	TEST_MS,
);
