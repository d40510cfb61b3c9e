/**
 * Which clusters the failure analysis has to look at, found by the database itself: of ten thousand instances nearly all are
 * sound, and reading them takes most of the time of an analysis.
 *
 * A row is sound only if every condition here is true of it; a NULL or a value of another kind makes it doubtful. Whoever adds
 * a code or a structure warning to the analysis says here what makes it possible; inventory-doubtful.test.ts compares with the
 * analysis of everything.
 */
import { type RawBuilder, sql } from "kysely";
import { isAnother } from "../../topology/server-mark.ts";
import { markFromText } from "../clusters/role-rows.ts";
import type { DoubtfulRules } from "../contract.ts";
import type { Queries } from "../driver.ts";
import { numberCell, textCell } from "../rows/cell.ts";

/** The last attempt was good, and the time is one. */
const WAS_SEEN = sql`i.last_seen >= i.last_checked and i.last_seen >= i.last_attempted_check
	and i.last_seen > '1971-01-01 00:00:00' and i.last_seen < '9999-01-01 00:00:00'`;

/** A server of a plain cluster that logs what it replicates. */
const IS_PLAIN = sql`i.replication_group_name = '' and i.is_co_master = 0 and i.binlog_server = 0
	and i.gtid_errant = '' and i.log_bin = 1 and i.log_slave_updates = 1`;

/** Writable, and as many replicas acknowledge as it waits for. */
const isSoundPrimary = ({ exactSemiSync }: DoubtfulRules) =>
	sql`i.master_host in ('', '_') and i.read_only = 0
		and (i.semi_sync_master_enabled = 0
			or i.semi_sync_master_clients = i.semi_sync_master_wait_for_slave_count
			or (${exactSemiSync ? 0 : 1} = 1 and i.semi_sync_master_clients > i.semi_sync_master_wait_for_slave_count))`;

/** The receiver has heard nothing for several heartbeats. */
const isSilent = ({ silentPeriods }: DoubtfulRules) =>
	sql`case when json_valid(b.probe) = 1 and json_valid(b.detail) = 1
		then json_extract(b.detail, '$.heartbeatPeriodSeconds') > 0
			and json_extract(b.probe, '$.silentForMs') >= ${silentPeriods * 1000} * json_extract(b.detail, '$.heartbeatPeriodSeconds')
		else 0 end`;

/** Attached, both threads run, by GTID, and it hears its source. */
const isSoundReplica = (rules: DoubtfulRules) =>
	sql`i.master_host not in ('', '_') and i.master_host not like '/%' and i.master_port > 0
		and i.replication_io_thread_state = 1 and i.replication_sql_thread_state = 1
		and i.slave_io_running = 1 and i.slave_sql_running = 1
		and (i.oracle_gtid = 1 or i.mariadb_gtid = 1)
		and coalesce(${isSilent(rules)}, 0) = 0`;

/** Servers of one cluster that differ in it are a structure warning, or may be. */
const differs = (value: RawBuilder<unknown>) =>
	sql`min(${value}) <> max(${value})`;

/** The GTIDs by which a replica replicates; a primary has no say. */
const gtidKind = sql`case when i.master_host in ('', '_') then null else i.oracle_gtid + 2 * i.mariadb_gtid end`;

/** Names of clusters of which the analysis may have something to say; of all others it has not. */
export const doubtfulClusters = async (
	queries: Queries,
	rules: DoubtfulRules,
): Promise<string[]> => {
	const { rows } = await sql<{ cluster_name: unknown }>`
		select i.cluster_name as cluster_name
		from database_instance i
		left join baton_instance b on b.hostname = i.hostname and b.port = i.port
		group by i.cluster_name
		having sum(case when ${WAS_SEEN} and ${IS_PLAIN}
				and ((${isSoundPrimary(rules)}) or (${isSoundReplica(rules)}))
				then 1 else 0 end) < count(*)
			or ${differs(sql`coalesce(i.gtid_mode, '')`)}
			or ${differs(sql`coalesce(i.binlog_format, '')`)}
			or ${differs(sql`coalesce(i.major_version, '')`)}
			or ${differs(gtidKind)}
	`.execute(queries);
	const names = new Set(rows.map((row) => String(row.cluster_name ?? "")));
	for (const name of await dividedClusters(queries)) names.add(name);
	for (const name of await disputedClusters(queries)) names.add(name);
	return [...names];
};

/**
 * Clusters of which a server may not go with the record of the primary: one that takes writes beside it, under whatever name it goes,
 * or that one itself.
 */
const disputedClusters = async (queries: Queries): Promise<string[]> => {
	const { rows } = await sql<{ cluster_name: unknown; recorded_in: unknown }>`
		select distinct i.cluster_name as cluster_name, p.cluster_name as recorded_in
		from baton_role r
		join database_instance p on p.hostname = r.hostname and p.port = r.port
		join baton_member m on m.identity = r.identity
		join database_instance i on i.hostname = m.hostname and i.port = m.port
		where (i.hostname <> r.hostname or i.port <> r.port)
			and i.master_host in ('', '_') and i.read_only = 0
		union select i.cluster_name, i.cluster_name
		from baton_fence f
		join baton_role r on r.identity = f.identity
		join database_instance i on i.hostname = f.hostname and i.port = f.port
		where i.read_only = 0 and i.master_host not in ('', '_')
		union select p.cluster_name, p.cluster_name
		from baton_role r
		join database_instance p on p.hostname = r.hostname and p.port = r.port
		where p.master_host not in ('', '_') or p.replication_group_name <> ''
	`.execute(queries);
	return [
		...rows.flatMap((row) => [
			String(row.cluster_name ?? ""),
			String(row.recorded_in ?? ""),
		]),
		...(await exchangedPrimaries(queries)),
	];
};

/** Clusters at whose recorded primary's address another server answers. */
const exchangedPrimaries = async (queries: Queries): Promise<string[]> => {
	const { rows } = await sql<Record<string, unknown>>`
		select p.cluster_name, p.server_uuid, p.server_id, r.server,
			case when p.server_uuid = '' then p.executed_gtid_set else '' end as gtid
		from baton_role r
		join database_instance p on p.hostname = r.hostname and p.port = r.port
	`.execute(queries);
	return rows
		.filter((row) =>
			isAnother(markFromText(row["server"]), {
				serverUuid: textCell(row["server_uuid"]),
				serverId: numberCell(row["server_id"]),
				executedGtid: textCell(row["gtid"]),
			}),
		)
		.map((row) => textCell(row["cluster_name"]));
};

/** Clusters of which a server replicates from one of another cluster: each of the two may be sound by itself. */
const dividedClusters = async (queries: Queries): Promise<string[]> => {
	const pairs = sql`from database_instance r
		join database_instance s on s.hostname = r.master_host and s.port = r.master_port
		where coalesce(s.cluster_name, '') <> coalesce(r.cluster_name, '')`;
	const resolvedPairs = sql`from hostname_resolve h
		join database_instance r on r.master_host = h.resolved_hostname
		join database_instance s on s.hostname = h.hostname and s.port = r.master_port
		where coalesce(s.cluster_name, '') <> coalesce(r.cluster_name, '')`;
	const { rows } = await sql<{
		source_cluster: unknown;
		replica_cluster: unknown;
	}>`
		select distinct s.cluster_name as source_cluster, r.cluster_name as replica_cluster ${pairs}
		union select distinct s.cluster_name, r.cluster_name ${resolvedPairs}
	`.execute(queries);
	return rows.flatMap((row) => [
		String(row.source_cluster ?? ""),
		String(row.replica_cluster ?? ""),
	]);
};
