#!/bin/sh
# Lays the lab of docker-compose.yml: mysql-1 with the replicas mysql-2 and mysql-3, by GTID and with semi-sync AFTER_SYNC.
# Does nothing where the lab has been laid before.
set -eu

on() {
	host=$1
	shift
	MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql --host="$host" --user=root --batch --skip-column-names "$@"
}

if [ -n "$(on mysql-2 --execute='SHOW REPLICA STATUS')$(on mysql-3 --execute='SHOW REPLICA STATUS')" ]; then
	echo "the lab has been laid before"
	exit 0
fi

for host in mysql-1 mysql-2 mysql-3; do
	on "$host" <<SQL
SET SESSION sql_log_bin = 0;
CREATE USER IF NOT EXISTS 'repl'@'%' IDENTIFIED BY '$REPLICATION_PASSWORD';
GRANT REPLICATION SLAVE ON *.* TO 'repl'@'%';
CREATE USER IF NOT EXISTS 'orchestrator'@'%' IDENTIFIED BY '$BATON_TOPOLOGY_PASSWORD';
GRANT PROCESS, RELOAD, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'orchestrator'@'%';
GRANT CONNECTION_ADMIN, REPLICATION_APPLIER, REPLICATION_SLAVE_ADMIN, SESSION_VARIABLES_ADMIN, SYSTEM_VARIABLES_ADMIN ON *.* TO 'orchestrator'@'%';
GRANT SELECT ON performance_schema.* TO 'orchestrator'@'%';
GRANT SELECT ON mysql.slave_master_info TO 'orchestrator'@'%';
RESET BINARY LOGS AND GTIDS;
SQL
done

for host in mysql-2 mysql-3; do
	on "$host" <<SQL
CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'mysql-1', SOURCE_PORT = 3306, SOURCE_USER = 'repl',
 SOURCE_PASSWORD = '$REPLICATION_PASSWORD', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1,
 SOURCE_HEARTBEAT_PERIOD = 1, SOURCE_CONNECT_RETRY = 1, SOURCE_RETRY_COUNT = 86400;
SET GLOBAL super_read_only = ON;
START REPLICA;
SQL
done

on mysql-1 --execute="SET GLOBAL rpl_semi_sync_source_enabled = ON"
echo "mysql-1 is the primary of mysql-2 and mysql-3"
