import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import {
	createFixture,
	type Fixture,
	type FixtureOptions,
} from "../../../test/support/command-line.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.remove());

const TO_THE_STORE = { AuditToBackendDB: true };

/** The rows that the commands leave, oldest first, without the word about who asked. */
const rowsAfter = async (
	commands: readonly string[],
	options: FixtureOptions = { configuration: TO_THE_STORE },
): Promise<string[]> => {
	fixture = await createFixture(options);
	for (const command of commands) {
		const { code, stderr } = await fixture.run(command);
		expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: "" });
	}
	const rows = await fixture.inStore((store) => store.audit.page({ page: 0 }));
	return rows
		.toReversed()
		.map(({ type, instance, clusterName, message }) =>
			[
				type,
				instance,
				clusterName,
				message.replace(/(; )?asked for by me on web1$/, ""),
			].join("|"),
		);
};

const OF_DB2 = "db2.ny:3306|db1.ny:3306";

test.each<[readonly string[], readonly string[]]>([
	[
		[
			"begin-downtime -i db2.ny -owner ann -reason disk~full",
			"end-downtime -i db2.ny",
			"end-downtime -i db2.ny",
		],
		[
			`begin-downtime|${OF_DB2}|owner: ann, reason: disk full`,
			`end-downtime|${OF_DB2}|`,
		],
	],
	[
		[
			"begin-maintenance -i db2.ny -reason move",
			"end-maintenance -i db2.ny",
			"end-maintenance -i db2.ny",
		],
		[
			`begin-maintenance|${OF_DB2}|maintenanceToken: 1, owner: me, reason: move`,
			`end-maintenance|${OF_DB2}|`,
		],
	],
	[
		["register-candidate -i db2.ny -promotion-rule must_not"],
		[`register-candidate|${OF_DB2}|must_not`],
	],
	[
		[
			"tag -i db2.ny -tag role=x",
			"tag -i db3.ny -tag role=x",
			"untag -i db2.ny -tag role",
			"untag -i db2.ny -tag role",
			"untag-all -tag role=x",
		],
		[
			`put-instance-tag|${OF_DB2}|role=x`,
			"put-instance-tag|db3.ny:3306|db1.ny:3306|role=x",
			`delete-instance-tag|${OF_DB2}|role`,
			"delete-instance-tag|db3.ny:3306|db1.ny:3306|role=x",
		],
	],
	[["forget -i db3.ny"], ["forget|db3.ny:3306|db1.ny:3306|"]],
	[
		["forget-cluster -alias shop"],
		["db1", "db2", "db3"].map((host) => `forget|${host}.ny:3306|db1.ny:3306|`),
	],
	[
		["submit-pool-instances -pool p -i db2.ny,db3"],
		["submit-pool-instances|||pool: p, instances: db2.ny:3306,db3.ny:3306"],
	],
	[
		[
			"register-hostname-unresolve -i db2.ny -hostname vip",
			"deregister-hostname-unresolve -i db2.ny",
			"deregister-hostname-unresolve -i db2.ny",
		],
		[
			`register-hostname-unresolve|${OF_DB2}|virtual name: vip`,
			`deregister-hostname-unresolve|${OF_DB2}|`,
		],
	],
	[["discover -i db2.ny"], ["discover|db2.ny.resolved:3306||"]],
	[
		["ack-all-recoveries -reason seen"],
		["ack-recovery|||0 recoveries acknowledged; owner: me, comment: seen"],
	],
	[
		["disable-global-recoveries", "enable-global-recoveries"],
		["disable-global-recoveries|||", "enable-global-recoveries|||"],
	],
	[["access-token -owner ann"], ["access-token|||owner: ann"]],
	[["which-cluster -i db2.ny", "tags -i db2.ny", "topology -alias shop"], []],
])("%j is audited", async (commands, rows) => {
	expect(await rowsAfter(commands)).toEqual(rows);
});

test("nothing is written to the store unless AuditToBackendDB says so", async () => {
	expect(await rowsAfter(["begin-downtime -i db2.ny -reason x"], {})).toEqual(
		[],
	);
});

test("an audit file gets one line, and one that cannot be written is said", async () => {
	const folder = mkdtempSync(join(tmpdir(), "baton-audit-"));
	const file = join(folder, "audit.log");
	fixture = await createFixture({ configuration: { AuditLogFile: file } });
	await fixture.run("end-maintenance -i db2.ny");
	await fixture.run("tag -i db2.ny -tag role=x");
	expect(readFileSync(file, "utf8")).toMatch(
		/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\tput-instance-tag\tdb2\.ny\t3306\t\[db1\.ny:3306\]\trole=x; asked for by me on web1\t\n$/,
	);
	rmSync(folder, { recursive: true });
	fixture.remove();
	fixture = await createFixture({
		configuration: { AuditLogFile: "/no/such/folder/audit" },
	});
	expect(await fixture.run("tag -i db2.ny -tag role=x")).toMatchObject({
		code: 0,
		stdout: "db2.ny:3306\n",
		stderr: expect.stringContaining(
			"ERROR the change was made, but the audit could not be written: ",
		),
	});
});
