import { join } from "node:path";
import SqliteFile from "better-sqlite3";
import { expect, test } from "vitest";
import { waitUntil } from "../lab/replication.ts";
import { FLAVORS, startSystem, TEST_MS } from "./system.ts";

// What other programs read in the tables of the reference, after a cluster was watched for a while.

const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

test.each(FLAVORS)(
	"the tables of the reference are filled from watched %s servers",
	async (flavor) => {
		const isMysql = flavor === "mysql";
		const system = await startSystem({
			flavor,
			replicas: 2,
			semiSync: true,
			config: () => ({
				ReplicationLagQuery: "select 3",
				DetectClusterAliasQuery: "select 'shop'",
				DetectClusterDomainQuery: "select 'shop.example.com'",
				DetectInstanceAliasQuery: "select concat('i', @@port)",
				DetectDataCenterQuery: "select 'ams'",
				DetectRegionQuery: "select 'eu'",
				DetectPhysicalEnvironmentQuery: "select 'prod'",
				DetectPromotionRuleQuery: "select 'prefer'",
				DetectSemiSyncEnforcedQuery: "select 2",
			}),
		});
		try {
			const file = new SqliteFile(
				join(system.baton.directory, "baton.sqlite3"),
				{ readonly: true },
			);
			const rows = (sql: string) =>
				file.prepare(sql).all() as Readonly<Record<string, unknown>>[];
			const { primary, replicas } = system;
			const cluster = { cluster_name: primary.name };
			await waitUntil(
				"aliases, rules, addresses and leases to be written",
				async () =>
					rows("select * from cluster_domain_name").length === 1 &&
					rows("select * from candidate_database_instance").length === 3 &&
					rows("select * from database_instance_tls").length === 3 &&
					rows("select * from hostname_ips").length > 0 &&
					rows("select * from active_node").length === 1,
				30_000,
			);

			const own = (port: number) => ({
				...cluster,
				port,
				last_check_partial_success: 1,
				log_bin: 1,
				log_slave_updates: 1,
				binlog_format: "ROW",
				binlog_row_image: "FULL",
				binary_log_file: "binlog.000001",
				server_uuid: isMysql ? expect.stringMatching(UUID) : "",
				gtid_mode: isMysql ? "ON" : "",
				supports_oracle_gtid: Number(isMysql),
				gtid_errant: "",
				slave_lag_seconds: 3,
				suggested_cluster_alias: "shop",
				data_center: "ams",
				region: "eu",
				physical_environment: "prod",
				instance_alias: `i${port}`,
				semi_sync_enforced: 2,
				semi_sync_available: 1,
				is_co_master: 0,
				binlog_server: 0,
				replication_group_name: "",
			});
			const instances = rows("select * from database_instance");
			expect(instances.find(({ port }) => port === primary.port)).toMatchObject(
				{
					...own(primary.port),
					read_only: 0,
					master_host: "",
					replication_io_thread_state: -1,
					replication_sql_thread_state: -1,
					seconds_behind_master: null,
					num_slave_hosts: 2,
					replication_depth: 0,
					semi_sync_master_enabled: 1,
					semi_sync_master_status: 1,
					semi_sync_master_wait_for_slave_count: 1,
					semi_sync_master_clients: 2,
				},
			);
			for (const { port } of replicas)
				expect(instances.find((each) => each.port === port)).toMatchObject({
					...own(port),
					read_only: 1,
					master_host: primary.host,
					master_port: primary.port,
					master_uuid: isMysql ? expect.stringMatching(UUID) : "",
					slave_io_running: 1,
					slave_sql_running: 1,
					replication_io_thread_state: 1,
					replication_sql_thread_state: 1,
					oracle_gtid: Number(isMysql),
					mariadb_gtid: Number(!isMysql),
					master_log_file: "binlog.000001",
					relay_master_log_file: "binlog.000001",
					last_io_error: "",
					last_sql_error: "",
					seconds_behind_master: 0,
					sql_delay: 0,
					has_replication_credentials: 1,
					replication_depth: 1,
					semi_sync_replica_enabled: 1,
					semi_sync_replica_status: 1,
				});

			expect(rows("select * from cluster_alias")).toMatchObject([
				{ ...cluster, alias: "shop" },
			]);
			expect(rows("select * from cluster_domain_name")).toMatchObject([
				{ ...cluster, domain_name: "shop.example.com" },
			]);
			expect(
				rows("select * from candidate_database_instance").map(
					(each) => each.promotion_rule,
				),
			).toEqual(["prefer", "prefer", "prefer"]);
			expect(
				rows("select * from database_instance_tls").map(
					(each) => each.required,
				),
			).toEqual([0, 0, 0]);
			expect(rows("select * from hostname_ips")).toMatchObject([
				{ hostname: primary.host, ipv4: "127.0.0.1", ipv6: "" },
			]);
			expect(
				rows("select * from database_instance_last_analysis"),
			).toMatchObject([{ port: primary.port, analysis: "NoProblem" }]);
			const [node] = rows("select * from node_health");
			expect(rows("select * from active_node")).toMatchObject([
				{ anchor: 1, hostname: node?.hostname, token: node?.token },
			]);
			file.close();
		} finally {
			await system.stop();
		}
	},
	TEST_MS,
);
