/** Every table of the store: orchestrator's, and Baton's own (`baton_*`). */
import * as baton from "./baton-tables.ts";
import * as cluster from "./cluster-tables.ts";
import type { RowTable, TableDefinition } from "./column.ts";
import * as history from "./history-tables.ts";
import * as instance from "./instance-tables.ts";
import { legacyTables } from "./legacy-tables.ts";
import * as naming from "./naming-tables.ts";
import * as node from "./node-tables.ts";
import * as recovery from "./recovery-tables.ts";

const used = {
	...instance,
	...cluster,
	...recovery,
	...node,
	...naming,
	...history,
	...baton,
};

type Used = (typeof used)[keyof typeof used];

/** The Kysely types of the tables that Baton reads or writes. */
export type Database = {
	[Table in Used as Table["name"]]: RowTable<Table>;
};

export const TABLES: readonly TableDefinition[] = [
	...Object.values(used),
	...legacyTables,
];
