import { ACTIONS, OPERATIONS } from "../surface/tables.ts";

/** What people know from the API, the stock client or elsewhere, and the command that does it here. */
const COMMAND_INSTEAD: Readonly<Record<string, string>> = {
	"move-below-gtid": "move-gtid",
	"ack-recovery": "ack-cluster-recoveries",
	"audit-recovery": "why",
	"audit-failure-detection": "why",
	"blocked-recoveries": "why",
	problems: "replication-analysis",
	instance: "instance-status",
	"instance-replicas": "which-replicas",
	cluster: "which-cluster-instances",
	"cluster-info": "which-cluster",
	"clusters-info": "clusters-alias",
	master: "which-cluster-master",
	masters: "all-clusters-masters",
	"cluster-osc-replicas": "which-cluster-osc-replicas",
	"heuristic-cluster-pool-instances": "which-heuristic-cluster-pool-instances",
	"hostname-resolve-cache": "show-resolve-hosts",
	switchover: "takeover",
	promote: "takeover",
};

/** What is to be used in place of a name that is no command; undefined for one that nothing is known of. */
export const usedInstead = (name: string): string | undefined => {
	if (Object.hasOwn(COMMAND_INSTEAD, name)) return COMMAND_INSTEAD[name];
	const [route] =
		[...OPERATIONS, ...ACTIONS].find(
			(row) => row.isApiOnly && row.name === name,
		)?.routes ?? [];
	return route === undefined ? undefined : `the API: /api/${route}`;
};
