import type { Logger } from "pino";
import type { AnalysisEntry } from "../analysis/analysis.ts";
import type { Configuration } from "../config/keys.ts";
import type {
	Discovery,
	OperationRequest,
	Operator,
} from "../planning/operation.ts";
import type { ShownPlan } from "../planning/plan-text.ts";
import type { Rolling } from "../rolling/port.ts";
import type { AuditRecord, Store } from "../store/contract.ts";
import type { BinaryLogStart } from "../topology/gtid/holding-logs.ts";
import type { Instance } from "../topology/instance.ts";
import type { HostPort, InstanceName } from "../topology/instance-name.ts";
import type { ServerLogs } from "../topology/pseudo-gtid/event-log.ts";
import type { ChangeEvents } from "./events.ts";

/** The node that answers. */
interface NodeFacts {
	readonly hostname: string;
	/** 64 hex digits, one per process. */
	readonly token: string;
	readonly startedAtMs: number;
	readonly version: string;
}

/** What reading routes need, whoever asks them: a node's API, or a command in its own process. */
export type ReadingDeps = Pick<
	ApiDeps,
	| "store"
	| "config"
	| "analyse"
	| "nowMs"
	| "resolveHost"
	| "lookAt"
	| "binaryLogStarts"
	| "withLogs"
> & {
	readonly node: Pick<NodeFacts, "hostname" | "token">;
	readonly log: { warn(text: string): void };
};

/** What the API needs of the rest of Baton. Reads use the store alone; only changes need Temporal (through `operator`). */
export interface ApiDeps {
	readonly store: Store;
	readonly operator: Operator;
	readonly rolling: Rolling;
	readonly discovery: Discovery;
	readonly config: () => Configuration;
	/** The analysis of every known instance, or of those of one cluster; entries without a finding included. */
	readonly analyse: (clusterName?: string) => Promise<readonly AnalysisEntry[]>;
	readonly events: ChangeEvents;
	readonly node: NodeFacts;
	/** Whether this node holds the lease that makes it "leader". */
	readonly isLeader: () => boolean;
	/** What keeps this node's watchers from the store; empty when nothing does. */
	readonly storeTrouble: () => string;
	readonly temporal: {
		readonly reachable: () => Promise<boolean>;
		/** Base address of the Temporal UI; empty when unknown. */
		readonly uiAddress: string;
	};
	readonly log: Logger;
	readonly nowMs: () => number;
	/** Writes one audit entry, wherever the configuration wants it. */
	readonly audit: (entry: Omit<AuditRecord, "id">) => Promise<void>;
	/** HostnameResolveMethod, applied to a host that a caller named. @throws when it does not resolve */
	readonly resolveHost: (target: HostPort) => Promise<string>;
	/** The server as it is now, whatever the store says. @throws BatonError ServerUnreachable */
	readonly lookAt: (name: InstanceName) => Promise<Instance>;
	/** The plan of an operation as it would be run now; the servers are looked at for it. @throws BatonError UnknownCluster … */
	readonly planOf: (request: OperationRequest) => Promise<ShownPlan>;
	/** Its binary logs, oldest first. @throws BatonError ServerUnreachable, ServerError */
	readonly binaryLogStarts: (
		name: InstanceName,
	) => Promise<readonly BinaryLogStart[]>;
	/** Reads a server's logs, for a bounded time. @throws BatonError ServerUnreachable, ServerError, Refused */
	readonly withLogs: <T>(
		name: InstanceName,
		work: (logs: ServerLogs) => Promise<T>,
	) => Promise<T>;
	/** Directory of the built pages. */
	readonly pagesDirectory: string;
}
