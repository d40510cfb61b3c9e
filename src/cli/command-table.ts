import { CATEGORIES, type Category, type Command } from "./command.ts";
import {
	ACKNOWLEDGEMENT_COMMANDS,
	GLOBAL_SWITCH_COMMANDS,
} from "./commands/acknowledgement.ts";
import { CLUSTER_COMMANDS } from "./commands/clusters.ts";
import { INSTANCE_COMMANDS } from "./commands/instances.ts";
import { MANAGEMENT_COMMANDS } from "./commands/management.ts";
import { META_COMMANDS } from "./commands/meta.ts";
import { RECOVERY_COMMANDS } from "./commands/recovery.ts";
import { RELOCATION_COMMANDS } from "./commands/relocation.ts";

/** Every command, in the order in which the listing shows them within their category. */
export const COMMANDS: readonly Command[] = [
	...RELOCATION_COMMANDS,
	...INSTANCE_COMMANDS,
	...CLUSTER_COMMANDS,
	...MANAGEMENT_COMMANDS,
	...RECOVERY_COMMANDS,
	...ACKNOWLEDGEMENT_COMMANDS,
	...GLOBAL_SWITCH_COMMANDS,
	...META_COMMANDS,
];

/** Older names, replaced before dispatch (cli.md §6). A name whose command does not exist stays unknown. */
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

/** The command of that name or synonym. */
export const commandNamed = (name: string): Command | undefined => {
	const canonical = Object.hasOwn(SYNONYMS, name) ? SYNONYMS[name] : name;
	return COMMANDS.find((command) => command.name === canonical);
};

/** The categories that have commands, with them. */
export const commandsByCategory = (): readonly {
	readonly category: Category;
	readonly commands: readonly Command[];
}[] =>
	CATEGORIES.map((category) => ({
		category,
		commands: COMMANDS.filter((command) => command.category === category),
	})).filter(({ commands }) => commands.length > 0);
