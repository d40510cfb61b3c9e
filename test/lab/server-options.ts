// The option file of a lab server: small, durable, GTID, ready to be a source.

import type { ServerFlavor } from "../../setup/locate.mjs";

type OptionValue = string | number | boolean;
export type ServerOptions = Readonly<Record<string, OptionValue>>;

/** Semi-sync never gives up waiting: 4294967295 ms, the largest value, is 49 days. */
const PRACTICALLY_INFINITE_MS = 4294967295;

export interface OptionFileInput {
	readonly flavor: ServerFlavor;
	readonly serverId: number;
	readonly port: number;
	/** Folder of the server; the data lie in `data` below it. */
	readonly directory: string;
	readonly readOnlyAtStart: boolean;
	/** Ready for semi-sync: replica side on, source side configured but off. */
	readonly semiSync: boolean;
	/** Win over everything else. */
	readonly extraOptions: ServerOptions;
}

/** The text of the file for --defaults-file. */
export function optionFile(input: OptionFileInput): string {
	const options: ServerOptions = {
		...placeOptions(input),
		...durabilityOptions,
		...smallMemoryOptions,
		...(input.flavor === "mysql" ? mysqlOptions(input) : mariadbOptions(input)),
		...input.extraOptions,
	};
	const lines = Object.entries(options).map(
		([name, value]) => `${name} = ${optionText(value)}`,
	);
	return `[mysqld]\n${lines.join("\n")}\n`;
}

function optionText(value: OptionValue): string {
	if (typeof value === "boolean") return value ? "ON" : "OFF";
	return String(value);
}

function placeOptions(input: OptionFileInput): ServerOptions {
	return {
		server_id: input.serverId,
		port: input.port,
		bind_address: "127.0.0.1",
		report_host: "127.0.0.1",
		report_port: input.port,
		skip_name_resolve: true,
		datadir: `${input.directory}/data`,
		tmpdir: `${input.directory}/tmp`,
		socket: `${input.directory}/mysqld.sock`,
		pid_file: `${input.directory}/mysqld.pid`,
		log_error: `${input.directory}/error.log`,
		log_bin: "binlog",
		relay_log: "relay",
		binlog_format: "ROW",
		read_only: input.readOnlyAtStart,
	};
}

/** relay_log_recovery stays off: on, it throws away acknowledged transactions. */
const durabilityOptions: ServerOptions = {
	sync_binlog: 1,
	innodb_flush_log_at_trx_commit: 1,
	relay_log_recovery: false,
};

const smallMemoryOptions: ServerOptions = {
	innodb_buffer_pool_size: "16M",
	innodb_log_buffer_size: "2M",
	key_buffer_size: "1M",
	table_open_cache: 64,
	table_definition_cache: 400,
};

function mysqlOptions(input: OptionFileInput): ServerOptions {
	return {
		super_read_only: input.readOnlyAtStart,
		gtid_mode: true,
		enforce_gtid_consistency: true,
		log_replica_updates: true,
		replica_parallel_workers: 4,
		innodb_redo_log_capacity: "8M",
		temptable_max_ram: "4M",
		...(input.semiSync ? mysqlSemiSync(input.readOnlyAtStart) : {}),
	};
}

function mysqlSemiSync(readOnlyAtStart: boolean): ServerOptions {
	return {
		plugin_load_add:
			"rpl_semi_sync_source=semisync_source.so;rpl_semi_sync_replica=semisync_replica.so",
		rpl_semi_sync_source_enabled: !readOnlyAtStart,
		rpl_semi_sync_source_timeout: PRACTICALLY_INFINITE_MS,
		rpl_semi_sync_source_wait_point: "AFTER_SYNC",
		rpl_semi_sync_source_wait_for_replica_count: 1,
		rpl_semi_sync_replica_enabled: true,
	};
}

function mariadbOptions(input: OptionFileInput): ServerOptions {
	return {
		gtid_strict_mode: true,
		log_slave_updates: true,
		slave_parallel_threads: 4,
		master_retry_count: 86400,
		innodb_log_file_size: "8M",
		aria_pagecache_buffer_size: "1M",
		...(input.semiSync ? mariadbSemiSync(input.readOnlyAtStart) : {}),
	};
}

function mariadbSemiSync(readOnlyAtStart: boolean): ServerOptions {
	return {
		rpl_semi_sync_master_enabled: !readOnlyAtStart,
		rpl_semi_sync_master_timeout: PRACTICALLY_INFINITE_MS,
		rpl_semi_sync_master_wait_point: "AFTER_SYNC",
		rpl_semi_sync_slave_enabled: true,
	};
}
