import { describe, expect, it } from "vitest";
import { mariadb } from "./dialects/mariadb/dialect.ts";
import { modern } from "./dialects/modern/dialect.ts";
import { missingPrivileges, privilegesOf } from "./privileges.ts";

const SETTINGS = { byShowReplicas: true, credentialsQuery: "" };

const missing = (
	grants: readonly string[],
	dialect = modern,
	settings = SETTINGS,
) =>
	missingPrivileges(
		dialect.privileges,
		privilegesOf(grants.map((grant) => ({ "Grants for a@%": grant }))),
		settings,
	).map((each) => each.privilege);

describe("missing privileges", () => {
	it("are none for an account that may do everything", () => {
		expect(
			missing(["GRANT ALL PRIVILEGES ON *.* TO `a`@`%` WITH GRANT OPTION"]),
		).toEqual([]);
	});

	it("are named, each where it is needed", () => {
		expect(missing(["GRANT USAGE ON *.* TO `a`@`%`"])).toEqual([
			"PROCESS",
			"REPLICATION SLAVE",
			"SELECT",
			"SELECT",
			"SELECT",
			"SELECT",
			"REPLICATION_SLAVE_ADMIN",
			"SYSTEM_VARIABLES_ADMIN",
			"CONNECTION_ADMIN",
			"RELOAD",
		]);
	});

	it("count roles, schemas, tables, old SUPER and partial revokes", () => {
		expect(
			missing([
				"GRANT RELOAD, PROCESS, SUPER, REPLICATION SLAVE ON *.* TO `a`@`%`",
				"GRANT SELECT ON `performance\\_schema`.* TO `a`@`%`",
				"GRANT SELECT, UPDATE (`x`) ON `mysql`.`slave_master_info` TO `a`@`%`",
				"GRANT `watcher`@`%` TO `a`@`%`",
			]),
		).toEqual([]);
		expect(
			missing([
				"GRANT RELOAD, PROCESS, SUPER, REPLICATION SLAVE, SELECT ON *.* TO `a`@`%`",
				"REVOKE SELECT ON `mysql`.* FROM `a`@`%`",
			]),
		).toEqual(["SELECT"]);
	});

	it("are only of what is configured", () => {
		expect(
			missing(
				[
					"GRANT RELOAD, PROCESS, SUPER ON *.* TO `a`@`%`",
					"GRANT SELECT ON `performance_schema`.* TO `a`@`%`",
				],
				modern,
				{ byShowReplicas: false, credentialsQuery: "select 1" },
			),
		).toEqual([]);
	});

	it("have MariaDB's names there, and no password's hash gets through", () => {
		const grants = [
			"GRANT PROCESS, BINLOG MONITOR ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*7B9EBEED26AA52ED10C0F549FA863F13C39E0209'",
			"SET DEFAULT ROLE `ro` FOR `a`@`%`",
		];
		expect(missing(grants, mariadb)).toEqual([
			"REPLICATION MASTER ADMIN",
			"REPLICATION SLAVE ADMIN",
			"READ_ONLY ADMIN",
			"CONNECTION ADMIN",
			"RELOAD",
		]);
		const held = privilegesOf(grants.map((grant) => ({ grant })));
		expect([...held.values()].flatMap((each) => [...each])).toEqual([
			"PROCESS",
			"BINLOG MONITOR",
		]);
	});

	it("are not guessed when grants are not known", () => {
		expect(missingPrivileges(modern.privileges, undefined, SETTINGS)).toEqual(
			[],
		);
	});
});

it("grants without end are no work without end", () => {
	const grant = `GRANT SELECT ${"(".repeat(1_000_000)} ON *.* TO \`a\`@\`%\``;
	const beganMs = performance.now();
	privilegesOf([{ grants: grant }]);
	expect(performance.now() - beganMs).toBeLessThan(2_000);
});
