/** orchestrator's rule of synonyms: by the first word of a route, the name it is also served under. */
const SYNONYMS: Readonly<Record<string, string>> = {
	"relocate-slaves": "relocate-replicas",
	"regroup-slaves": "regroup-replicas",
	"move-up-slaves": "move-up-replicas",
	"repoint-slaves": "repoint-replicas",
	"enslave-siblings": "take-siblings",
	"enslave-master": "take-master",
	"regroup-slaves-bls": "regroup-replicas-bls",
	"move-slaves-gtid": "move-replicas-gtid",
	"regroup-slaves-gtid": "regroup-replicas-gtid",
	"match-slaves": "match-replicas",
	"match-up-slaves": "match-up-replicas",
	"regroup-slaves-pgtid": "regroup-replicas-pgtid",
	"detach-slave": "detach-replica",
	"reattach-slave": "reattach-replica",
	"detach-slave-master-host": "detach-replica-master-host",
	"reattach-slave-master-host": "reattach-replica-master-host",
	"cluster-osc-slaves": "cluster-osc-replicas",
	"start-slave": "start-replica",
	"restart-slave": "restart-replica",
	"stop-slave": "stop-replica",
	"stop-slave-nice": "stop-replica-nice",
	"reset-slave": "reset-replica",
	"restart-slave-statements": "restart-replica-statements",
};

/** The path itself and, where its first word has a synonym, the path under that name. `path` is relative to `/api/`. */
export const spellingsOf = (path: string): string[] => {
	const [first = "", ...rest] = path.split("/");
	const synonym = SYNONYMS[first];
	return synonym === undefined ? [path] : [path, [synonym, ...rest].join("/")];
};
