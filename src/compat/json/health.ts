import { goTime, timestamp } from "./values.ts";

interface NodeFacts {
	readonly hostname: string;
	readonly token: string;
	readonly version: string;
	readonly firstSeenMs: number;
	readonly lastSeenMs: number;
	/** What the store is: `host:port` or the SQLite path. */
	readonly backend: string;
}

const nodeJson = (node: NodeFacts) => ({
	Hostname: node.hostname,
	Token: node.token,
	AppVersion: node.version,
	FirstSeenActive: timestamp(node.firstSeenMs),
	LastSeenActive: timestamp(node.lastSeenMs),
	ExtraInfo: "",
	Command: "",
	DBBackend: node.backend,
	LastReported: goTime(0),
});

export const NO_NODE: NodeFacts = {
	hostname: "",
	token: "",
	version: "",
	firstSeenMs: 0,
	lastSeenMs: 0,
	backend: "",
};

/** orchestrator's `HealthStatus`. There is no raft: its fields are empty. */
export const healthJson = (health: {
	readonly healthy: boolean;
	readonly hostname: string;
	readonly token: string;
	readonly isActive: boolean;
	readonly active: NodeFacts;
	readonly available: readonly NodeFacts[];
}) => ({
	Healthy: health.healthy,
	Hostname: health.hostname,
	Token: health.token,
	IsActiveNode: health.isActive,
	ActiveNode: nodeJson(health.active),
	Error: health.healthy ? null : {},
	AvailableNodes: health.available.map(nodeJson),
	RaftLeader: "",
	IsRaftLeader: false,
	RaftLeaderURI: "",
	RaftAdvertise: "",
	RaftHealthyMembers: [],
});
