// A replication group of lab servers. MySQL alone has them.

import { ACCOUNTS } from "./accounts.ts";
import type { Lab } from "./lab.ts";
import { freePorts } from "./ports.ts";
import { waitUntil } from "./replication.ts";
import type { LabServer } from "./server.ts";

/** Name of the group that {@link startGroupServers} prepares its servers for. */
export const GROUP = "6f3c1c52-2a0e-4c8e-9d8f-1f3a5f0c7d11";

/** Servers that can be members of one group, and are not yet. */
export async function startGroupServers(
	lab: Lab,
	count: number,
): Promise<readonly LabServer[]> {
	const ports = await freePorts(count);
	const seeds = ports.map((port) => `127.0.0.1:${port}`);
	return Promise.all(
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
}

const stateOf = async (server: LabServer): Promise<string> => {
	const [row] = await server.query(
		"SELECT MEMBER_STATE AS state FROM performance_schema.replication_group_members WHERE MEMBER_ID = @@server_uuid",
	);
	return String(row?.["state"]);
};

/** The first one begins the group, and is its primary. Answers when the server is a member. */
export async function joinGroup(
	server: LabServer,
	isFirst: boolean,
): Promise<void> {
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
}
