import type { NeededPrivilege } from "../../dialect.ts";

const operating = (privilege: string, without: string): NeededPrivilege => ({
	anyOf: [privilege, "SUPER"],
	on: "*.*",
	about: "operations",
	without,
});

/** Of 10.5.2 and later, which took SUPER and REPLICATION CLIENT apart. SLAVE MONITOR is not here: without it the check itself fails. */
export const privileges: readonly NeededPrivilege[] = [
	{
		anyOf: ["PROCESS"],
		on: "*.*",
		about: "replicas",
		without:
			"the process list shows Baton its own connections only: replicas are not found by it, and clients of an old primary cannot be ended",
	},
	{
		anyOf: ["REPLICATION MASTER ADMIN"],
		on: "*.*",
		about: "replicas",
		without: "replicas cannot be listed by name and port",
		onlyWith: "show-replicas",
	},
	operating(
		"REPLICATION SLAVE ADMIN",
		"replication cannot be stopped, started or pointed elsewhere",
	),
	operating(
		"READ_ONLY ADMIN",
		"the server cannot be made read-only or writable",
	),
	operating(
		"CONNECTION ADMIN",
		"connections of other accounts cannot be ended",
	),
	{
		anyOf: ["RELOAD"],
		on: "*.*",
		about: "operations",
		without:
			"a promoted server cannot be made to forget its old source, and in a takeover the writes of accounts with READ ONLY ADMIN cannot be held up",
	},
];
