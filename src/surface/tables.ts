/** The two tables of what changes something: both surfaces, their manual and their audit are made from them. */
import type { Action } from "./action.ts";
import { CANDIDATES } from "./actions/candidates.ts";
import { ALIASES, DOMAIN_WRITERS, KEY_VALUES } from "./actions/clusters.ts";
import { DOWNTIMES } from "./actions/downtimes.ts";
import { RESOLVED_NAMES, VIRTUAL_NAMES } from "./actions/hostnames.ts";
import { INVENTORY } from "./actions/inventory.ts";
import { MAINTENANCES } from "./actions/maintenances.ts";
import { POOLS } from "./actions/pools.ts";
import { ACCESS_TOKENS, TOPOLOGY_RECORDS } from "./actions/records.ts";
import { ACKNOWLEDGEMENTS, GLOBAL_SWITCH } from "./actions/recoveries.ts";
import { ROLLING } from "./actions/rolling.ts";
import { TAGS } from "./actions/tags.ts";
import type { Operation } from "./operation.ts";
import { ADOPTIONS } from "./operations/adoptions.ts";
import { BULK_MOVES } from "./operations/bulk-moves.ts";
import { PAIRS } from "./operations/pairs.ts";
import { RECOVERIES } from "./operations/recoveries.ts";
import { RELOCATIONS } from "./operations/relocations.ts";
import { SERVER_CHANGES } from "./operations/server-changes.ts";
import { TAKEOVERS } from "./operations/takeovers.ts";

/** What takes a cluster for itself and changes servers. */
export const OPERATIONS: readonly Operation[] = [
	...RELOCATIONS,
	...BULK_MOVES,
	...PAIRS,
	...RECOVERIES,
	...TAKEOVERS,
	...ADOPTIONS,
	...SERVER_CHANGES,
];

/** What changes the store alone. */
export const ACTIONS: readonly Action[] = [
	...INVENTORY,
	...MAINTENANCES,
	...DOWNTIMES,
	...ACKNOWLEDGEMENTS,
	...GLOBAL_SWITCH,
	...CANDIDATES,
	...VIRTUAL_NAMES,
	...DOMAIN_WRITERS,
	...POOLS,
	...TAGS,
	...KEY_VALUES,
	...ALIASES,
	...TOPOLOGY_RECORDS,
	...ACCESS_TOKENS,
	...RESOLVED_NAMES,
	...ROLLING,
];
