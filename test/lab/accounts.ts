// The accounts that every lab server knows. They are part of the template data
// directory and so cost no GTID: no server starts with errant transactions.

import type { ServerFlavor } from "../../setup/locate.mjs";

export type AccountName = "root" | "orchestrator" | "app" | "repl";

export interface Account {
	readonly user: string;
	readonly password: string;
}

/**
 * `root` works through the Unix socket only. `orchestrator` is the manager's
 * topology account and has no SUPER. `app` owns schema `app` and nothing else.
 */
export const ACCOUNTS: Readonly<Record<AccountName, Account>> = {
	root: { user: "root", password: "" },
	orchestrator: { user: "orchestrator", password: "orch-topology-secret" },
	app: { user: "app", password: "app-secret" },
	repl: { user: "repl", password: "repl-secret" },
};

const MYSQL_MANAGER_PRIVILEGES = [
	"BACKUP_ADMIN",
	"BINLOG_ADMIN",
	"CLONE_ADMIN",
	"CONNECTION_ADMIN",
	"GROUP_REPLICATION_ADMIN",
	"REPLICATION_APPLIER",
	"REPLICATION_SLAVE_ADMIN",
	"SESSION_VARIABLES_ADMIN",
	"SYSTEM_VARIABLES_ADMIN",
];

const MARIADB_MANAGER_PRIVILEGES = [
	"BINLOG ADMIN",
	"BINLOG MONITOR",
	"BINLOG REPLAY",
	"CONNECTION ADMIN",
	"READ_ONLY ADMIN",
	"REPLICATION MASTER ADMIN",
	"REPLICATION SLAVE ADMIN",
	"SLAVE MONITOR",
];

/**
 * One statement per element, each on one line and without semicolon, for
 * MySQL's --init-file and MariaDB's --bootstrap alike.
 */
export function accountStatements(flavor: ServerFlavor): string[] {
	const { orchestrator, app, repl } = ACCOUNTS;
	return [
		...[orchestrator, app, repl].map(
			({ user, password }) =>
				`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`,
		),
		"GRANT PROCESS, RELOAD, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'orchestrator'@'%'",
		...managerGrants(flavor),
		"GRANT REPLICATION SLAVE ON *.* TO 'repl'@'%'",
		"GRANT ALL PRIVILEGES ON app.* TO 'app'@'%'",
	];
}

function managerGrants(flavor: ServerFlavor): string[] {
	if (flavor === "mariadb")
		return [
			`GRANT ${MARIADB_MANAGER_PRIVILEGES.join(", ")} ON *.* TO 'orchestrator'@'%'`,
		];
	return [
		`GRANT ${MYSQL_MANAGER_PRIVILEGES.join(", ")} ON *.* TO 'orchestrator'@'%'`,
		"GRANT SELECT ON mysql.slave_master_info TO 'orchestrator'@'%'",
		"GRANT SELECT ON performance_schema.* TO 'orchestrator'@'%'",
	];
}
