import type { NeededPrivilege } from "../../dialect.ts";
import { watching } from "../modern/privileges.ts";

export const privileges: readonly NeededPrivilege[] = [
	...watching,
	{
		anyOf: ["SUPER"],
		on: "*.*",
		about: "operations",
		without:
			"replication, read-only and semi-sync cannot be changed, nor connections be ended",
	},
	{
		anyOf: ["RELOAD"],
		on: "*.*",
		about: "operations",
		without: "a promoted server cannot be made to forget its old source",
	},
];
