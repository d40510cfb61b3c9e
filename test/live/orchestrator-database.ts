// A database as orchestrator 3.2.6 makes it on MySQL: ascii, InnoDB, its own types and key names, with rows in it.

const AS_ORCHESTRATOR = "ENGINE=InnoDB DEFAULT CHARSET=ascii";

/** With some of the columns that later patches added, and without others: an installation that was not upgraded for years. */
const TABLES = [
	`CREATE TABLE database_instance (
		hostname varchar(128) CHARACTER SET ascii NOT NULL,
		port smallint(5) unsigned NOT NULL,
		last_checked timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
		last_seen timestamp NULL DEFAULT NULL,
		uptime int unsigned NOT NULL,
		server_id int(10) unsigned NOT NULL,
		version varchar(128) CHARACTER SET ascii NOT NULL,
		binlog_format varchar(16) CHARACTER SET ascii NOT NULL,
		log_bin tinyint(3) unsigned NOT NULL,
		log_slave_updates tinyint(3) unsigned NOT NULL,
		read_only tinyint(3) unsigned NOT NULL,
		master_host varchar(128) CHARACTER SET ascii NOT NULL,
		master_port smallint(5) unsigned NOT NULL,
		executed_gtid_set text CHARACTER SET ascii NOT NULL,
		last_io_error text CHARACTER SET ascii NOT NULL,
		seconds_behind_master bigint(20) unsigned DEFAULT NULL,
		num_slave_hosts int(10) unsigned NOT NULL,
		slave_hosts text CHARACTER SET ascii NOT NULL,
		cluster_name varchar(128) CHARACTER SET ascii NOT NULL,
		PRIMARY KEY (hostname, port),
		KEY cluster_name_idx (cluster_name),
		KEY last_checked_idx (last_checked)
	)`,
	`CREATE TABLE candidate_database_instance (
		hostname varchar(128) CHARACTER SET ascii NOT NULL,
		port smallint(5) unsigned NOT NULL,
		last_suggested timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
		priority TINYINT SIGNED NOT NULL DEFAULT 1,
		promotion_rule enum('must', 'prefer', 'neutral', 'prefer_not', 'must_not') NOT NULL DEFAULT 'neutral',
		PRIMARY KEY (hostname, port)
	)`,
	`CREATE TABLE cluster_alias (
		cluster_name varchar(128) CHARACTER SET ascii NOT NULL,
		alias varchar(128) NOT NULL,
		PRIMARY KEY (cluster_name)
	)`,
	`CREATE TABLE database_instance_downtime (
		hostname varchar(128) NOT NULL,
		port smallint(5) unsigned NOT NULL,
		downtime_active tinyint(4) DEFAULT NULL,
		begin_timestamp timestamp DEFAULT CURRENT_TIMESTAMP,
		end_timestamp timestamp NULL DEFAULT NULL,
		owner varchar(128) CHARACTER SET utf8 NOT NULL,
		reason text CHARACTER SET utf8 NOT NULL,
		PRIMARY KEY (hostname, port)
	)`,
	`CREATE TABLE topology_recovery (
		recovery_id bigint unsigned not null auto_increment,
		hostname varchar(128) NOT NULL,
		port smallint unsigned NOT NULL,
		in_active_period tinyint unsigned NOT NULL DEFAULT 0,
		start_active_period timestamp not null default current_timestamp,
		end_active_period_unixtime int unsigned,
		end_recovery timestamp NULL DEFAULT NULL,
		processing_node_hostname varchar(128) CHARACTER SET ascii NOT NULL,
		processcing_node_token varchar(128) NOT NULL,
		is_successful tinyint unsigned NOT NULL DEFAULT 0,
		successor_hostname varchar(128) CHARACTER SET ascii DEFAULT NULL,
		successor_port smallint unsigned DEFAULT NULL,
		analysis varchar(128) CHARACTER SET ascii NOT NULL,
		cluster_name varchar(128) CHARACTER SET ascii NOT NULL,
		cluster_alias varchar(128) CHARACTER SET ascii NOT NULL,
		count_affected_slaves int unsigned NOT NULL,
		slave_hosts text CHARACTER SET ascii NOT NULL,
		PRIMARY KEY (recovery_id),
		UNIQUE KEY hostname_port_active_period_uidx (hostname, port, in_active_period, end_active_period_unixtime)
	)`,
	"CREATE TABLE orchestrator_db_deployments (deployed_version varchar(128) CHARACTER SET ascii NOT NULL, deployed_timestamp timestamp NOT NULL, PRIMARY KEY (deployed_version))",
	"CREATE TABLE notes_of_the_team (note varchar(64))",
];

const ROWS = [
	`INSERT INTO database_instance VALUES ('db1', 3306, '2026-01-01 00:00:05', '2026-01-01 00:00:05', 77, 1, '5.7.44-log', 'ROW', 1, 1, 0, '', 0, 'a:1-5', '', NULL, 1, '[{"Hostname":"db2","Port":3306}]', 'db1:3306'),
		('db2', 3306, '2026-01-01 00:00:05', '2026-01-01 00:00:05', 77, 2, '5.7.44-log', 'ROW', 1, 1, 1, 'db1', 3306, 'a:1-5', '', 0, 0, '[]', 'db1:3306')`,
	"INSERT INTO candidate_database_instance (hostname, port, last_suggested, promotion_rule) VALUES ('db2', 3306, '2026-01-01 00:00:00', 'prefer')",
	"INSERT INTO cluster_alias VALUES ('db1:3306', 'shop'), ('old:3306', 'shop')",
	"INSERT INTO database_instance_downtime VALUES ('db2', 3306, 1, '2026-01-01 00:00:00', '2026-01-02 00:00:00', 'ann', 'disk')",
	"INSERT INTO topology_recovery (hostname, port, in_active_period, start_active_period, end_active_period_unixtime, end_recovery, processing_node_hostname, processcing_node_token, is_successful, successor_hostname, successor_port, analysis, cluster_name, cluster_alias, count_affected_slaves, slave_hosts) VALUES ('db0', 3306, 0, '2025-12-01 00:00:00', 1764547300, '2025-12-01 00:00:09', 'orc1', 't', 1, 'db1', 3306, 'DeadMaster', 'db1:3306', 'shop', 1, 'db2:3306')",
	"INSERT INTO orchestrator_db_deployments VALUES ('3.2.6', '2025-01-01 00:00:00')",
	"INSERT INTO notes_of_the_team VALUES ('ours')",
];

/** Statements that make it in the current database. */
export const orchestratorDatabase: readonly string[] = [
	...TABLES.map((text) =>
		text.startsWith("CREATE TABLE notes") ? text : `${text} ${AS_ORCHESTRATOR}`,
	),
	...ROWS,
];
