import { CATEGORIES, type Category } from "../surface/category.ts";
import { ACTIONS, OPERATIONS } from "../surface/tables.ts";
import type { Command } from "./command.ts";
import { ANALYSIS_COMMANDS } from "./commands/analysis.ts";
import { CLUSTER_COMMANDS } from "./commands/clusters.ts";
import { DOMAIN_COMMANDS } from "./commands/domains.ts";
import { DOWNTIMED_COMMANDS } from "./commands/downtimed.ts";
import { FRESH_LOOK_COMMANDS } from "./commands/fresh-looks.ts";
import { GLOBAL_SWITCH_READS } from "./commands/global-switch.ts";
import { HEURISTIC_COMMANDS } from "./commands/heuristics.ts";
import { RESOLVE_COMMANDS } from "./commands/hostnames.ts";
import { INSTANCE_COMMANDS } from "./commands/instances.ts";
import { MAINTENANCE_READS } from "./commands/maintenance.ts";
import { META_COMMANDS } from "./commands/meta.ts";
import { META_READ_COMMANDS } from "./commands/meta-reads.ts";
import { POOL_COMMANDS } from "./commands/pools.ts";
import { POSITION_WAIT_COMMANDS } from "./commands/position-wait.ts";
import { PSEUDO_GTID_COMMANDS } from "./commands/pseudo-gtid.ts";
import { REPLICA_COMMANDS } from "./commands/replicas.ts";
import { ROLLING_READS } from "./commands/rolling.ts";
import { TAG_COMMANDS } from "./commands/tags.ts";
import { TOPOLOGY_COMMANDS } from "./commands/topology.ts";
import { WHY_COMMANDS } from "./commands/why.ts";
import { isReferenceCommand } from "./reference-commands.ts";
import { actionCommands, operationCommands } from "./row-commands.ts";

/** Every command, in the order in which the listing shows them within their category. */
export const COMMANDS: readonly Command[] = [
	...operationCommands(OPERATIONS),
	...INSTANCE_COMMANDS,
	...CLUSTER_COMMANDS,
	...TOPOLOGY_COMMANDS,
	...REPLICA_COMMANDS,
	...HEURISTIC_COMMANDS,
	...DOMAIN_COMMANDS,
	...DOWNTIMED_COMMANDS,
	...FRESH_LOOK_COMMANDS,
	...POSITION_WAIT_COMMANDS,
	...PSEUDO_GTID_COMMANDS,
	...WHY_COMMANDS,
	...ROLLING_READS,
	...ANALYSIS_COMMANDS,
	...POOL_COMMANDS,
	...TAG_COMMANDS,
	...actionCommands(ACTIONS),
	...MAINTENANCE_READS,
	...GLOBAL_SWITCH_READS,
	...META_COMMANDS,
	...RESOLVE_COMMANDS,
	...META_READ_COMMANDS,
];

/** Older names, replaced before dispatch. A name whose command does not exist stays unknown. */
export const SYNONYMS: Readonly<Record<string, string>> = {
	"stop-slave": "stop-replica",
	"start-slave": "start-replica",
	"restart-slave": "restart-replica",
	"reset-slave": "reset-replica",
	"restart-slave-statements": "restart-replica-statements",
	"relocate-slaves": "relocate-replicas",
	"regroup-slaves": "regroup-replicas",
	"move-up-slaves": "move-up-replicas",
	"repoint-slaves": "repoint-replicas",
	"enslave-siblings": "take-siblings",
	"enslave-master": "take-master",
	"get-candidate-slave": "get-candidate-replica",
	"move-slaves-gtid": "move-replicas-gtid",
	"match-slaves": "match-replicas",
	"match-up-slaves": "match-up-replicas",
	"regroup-slaves-pgtid": "regroup-replicas-pgtid",
	"which-cluster-osc-slaves": "which-cluster-osc-replicas",
	"which-cluster-gh-ost-slaves": "which-cluster-gh-ost-replicas",
	"which-slaves": "which-replicas",
	"detach-slave": "detach-replica-master-host",
	"detach-replica": "detach-replica-master-host",
	"detach-slave-master-host": "detach-replica-master-host",
	"reattach-slave": "reattach-replica-master-host",
	"reattach-replica": "reattach-replica-master-host",
	"reattach-slave-master-host": "reattach-replica-master-host",
	"regroup-slaves-gtid": "regroup-replicas-gtid",
};

/** Names of the reference's API and companion script that its command line does not know. */
export const OWN_SYNONYMS: Readonly<Record<string, string>> = {
	downtimed: "which-downtimed-instances",
	"async-discover": "discover",
	"match-below": "match",
	"multi-match-slaves": "match-replicas",
	"multi-match-replicas": "match-replicas",
	"regroup-slaves-bls": "regroup-replicas-bls",
	"stop-slave-nice": "stop-replica-nice",
};

/** The name behind a synonym; any other name as it is. */
const canonicalNameOf = (name: string): string => {
	for (const synonyms of [SYNONYMS, OWN_SYNONYMS])
		if (Object.hasOwn(synonyms, name)) return synonyms[name] ?? name;
	return name;
};

/** The command of that name or synonym. */
export const commandNamed = (name: string): Command | undefined => {
	const canonical = canonicalNameOf(name);
	return COMMANDS.find((command) => command.name === canonical);
};

/** Whether the reference has a command of that name or synonym that is not built here. */
export const isNotBuilt = (name: string): boolean =>
	commandNamed(name) === undefined && isReferenceCommand(canonicalNameOf(name));

/** The categories that have commands, with them. */
export const commandsByCategory = (): readonly {
	readonly category: Category;
	readonly commands: readonly Command[];
}[] =>
	CATEGORIES.map((category) => ({
		category,
		commands: COMMANDS.filter((command) => command.category === category),
	})).filter(({ commands }) => commands.length > 0);
