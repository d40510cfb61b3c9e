import { afterAll, beforeAll, expect, test } from "vitest";
import { ACCOUNTS } from "../lab/accounts.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import { freePorts } from "../lab/ports.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { portOf } from "./port.ts";
import { TEST_MS } from "./system.ts";

// MySQL alone has group replication.

const GROUP = "6f3c1c52-2a0e-4c8e-9d8f-1f3a5f0c7d11";

let lab: Lab;
let members: readonly LabServer[];

const stateOf = async (server: LabServer): Promise<string> => {
	const [row] = await server.query(
		"SELECT MEMBER_STATE AS state FROM performance_schema.replication_group_members WHERE MEMBER_ID = @@server_uuid",
	);
	return String(row?.["state"]);
};

const join = async (server: LabServer, isFirst: boolean): Promise<void> => {
	const { user, password } = ACCOUNTS.repl;
	await server.query(
		`CHANGE REPLICATION SOURCE TO SOURCE_USER = '${user}', SOURCE_PASSWORD = '${password}' FOR CHANNEL 'group_replication_recovery'`,
	);
	if (isFirst)
		await server.query("SET GLOBAL group_replication_bootstrap_group = ON");
	await server.query("START GROUP_REPLICATION");
	if (isFirst)
		await server.query("SET GLOBAL group_replication_bootstrap_group = OFF");
	await waitUntil(
		`${server.name} to be a member`,
		async () => (await stateOf(server)) === "ONLINE",
		30_000,
	);
};

beforeAll(async () => {
	lab = await createLab({ flavor: "mysql" });
	const ports = await freePorts(2);
	const seeds = ports.map((port) => `127.0.0.1:${port}`);
	members = await Promise.all(
		seeds.map((local) =>
			lab.startServer({
				readOnlyAtStart: false,
				extraOptions: {
					plugin_load_add: "group_replication.so",
					"loose-group_replication_group_name": GROUP,
					"loose-group_replication_start_on_boot": false,
					"loose-group_replication_local_address": local,
					"loose-group_replication_group_seeds": seeds.join(","),
					"loose-group_replication_ip_allowlist": "127.0.0.1",
					"loose-group_replication_recovery_get_public_key": true,
					// The message cache is 1 GiB otherwise.
					"loose-group_replication_message_cache_size": 134_217_728,
				},
			}),
		),
	);
}, TEST_MS);
afterAll(async () => lab?.stop(), TEST_MS);

test(
	"the members of a replication group are seen with their roles, and one that left is no member",
	async () => {
		const [first, second] = members as [LabServer, LabServer];
		const look = (server: LabServer) => portOf().look(server.name);
		expect((await look(first)).group.name).toBe("");
		await join(first, true);
		await join(second, false);
		const [primary, secondary] = [await look(first), await look(second)];
		expect(primary.group).toEqual({
			name: GROUP,
			singlePrimary: true,
			memberState: "ONLINE",
			memberRole: "PRIMARY",
			members: [second.name],
			primary: first.name,
		});
		expect(secondary.group).toEqual({
			...primary.group,
			memberRole: "SECONDARY",
			members: [first.name],
		});
		// The group's own channels are no source.
		for (const seen of [primary, secondary]) {
			expect(seen.check.outcome).toBe("ok");
			expect(seen.replication.sourceHost).toBe("");
			expect(seen.otherChannels).toEqual([]);
		}
		expect([primary.readOnly, secondary.readOnly]).toEqual([false, true]);

		// Without a majority a group can neither write nor expel.
		const warned = async (): Promise<string> =>
			(await look(first)).findings
				.filter((each) => each.isWarning)
				.map((each) => each.says)
				.join();
		expect(await warned()).toBe("");
		second.pause();
		try {
			await waitUntil(
				"the loss of the quorum to be told",
				async () => (await warned()).includes("lost its quorum"),
				30_000,
			);
		} finally {
			second.resume();
		}
		await waitUntil(
			"the quorum to be back",
			async () => (await warned()) === "",
			30_000,
		);

		await second.query("STOP GROUP_REPLICATION");
		expect((await look(second)).group).toMatchObject({ name: "", members: [] });
		await waitUntil(
			"the group to have one member",
			async () => (await look(first)).group.members.length === 0,
		);
	},
	TEST_MS,
);
