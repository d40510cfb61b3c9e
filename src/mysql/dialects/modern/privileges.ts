import type { NeededPrivilege } from "../../dialect.ts";

/** What every MySQL asks of the account for watching. REPLICATION CLIENT is not here: without it the check itself fails. */
export const watching: readonly NeededPrivilege[] = [
	{
		anyOf: ["PROCESS"],
		on: "*.*",
		about: "replicas",
		without:
			"the process list shows Baton its own connections only: replicas are not found by it, and clients of an old primary cannot be ended",
	},
	{
		anyOf: ["REPLICATION SLAVE"],
		on: "*.*",
		about: "replicas",
		without: "replicas cannot be listed by name and port",
		onlyWith: "show-replicas",
	},
	{
		anyOf: ["SELECT"],
		on: "performance_schema.replication_connection_status",
		about: "heartbeat",
		without:
			"it is not known whether a replica still hears its source, which is the evidence that a primary hangs",
	},
	{
		anyOf: ["SELECT"],
		on: "performance_schema.replication_connection_configuration",
		about: "heartbeat",
		without: "the heartbeat period of a replica is not known",
	},
	{
		anyOf: ["SELECT"],
		on: "performance_schema.replication_group_members",
		about: "replication group",
		without: "the members of a replication group are not known",
	},
	{
		anyOf: ["SELECT"],
		on: "mysql.slave_master_info",
		about: "replication credentials",
		without:
			"a server that never replicated cannot be made a replica, such as the old primary after a takeover",
		onlyWith: "own-credentials",
	},
];

const operating = (privilege: string, without: string): NeededPrivilege => ({
	anyOf: [privilege, "SUPER"],
	on: "*.*",
	about: "operations",
	without,
});

export const privileges: readonly NeededPrivilege[] = [
	...watching,
	operating(
		"REPLICATION_SLAVE_ADMIN",
		"replication cannot be stopped, started or pointed elsewhere",
	),
	operating(
		"SYSTEM_VARIABLES_ADMIN",
		"the server cannot be made read-only or writable, nor semi-sync switched",
	),
	operating(
		"CONNECTION_ADMIN",
		"connections of other accounts cannot be ended, and Baton is read-only with the others",
	),
	{
		anyOf: ["RELOAD"],
		on: "*.*",
		about: "operations",
		without: "a promoted server cannot be made to forget its old source",
	},
];
