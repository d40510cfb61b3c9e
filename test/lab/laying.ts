// How a topology is laid: servers side by side, then replication, then semi-sync.

import type { Lab } from "./lab.ts";
import {
	replicate,
	setReadOnly,
	setSemiSyncSource,
	waitCaughtUp,
	waitForSemiSyncClients,
} from "./replication.ts";
import type { LabServer } from "./server.ts";
import type { ServerOptions } from "./server-options.ts";

export interface LayOptions {
	readonly replicas: number;
	/** AFTER_SYNC, one acknowledgement, practically no time-out; default true. */
	readonly semiSync?: boolean;
	/** Each replica replicates from the one before it; default false. */
	readonly chain?: boolean;
	/** Default 0.5. */
	readonly heartbeatSeconds?: number;
	/** Default "gtid". */
	readonly positioning?: "gtid" | "file";
	/** Default true. false: the primary, restarted, is writable at once. */
	readonly readOnlyAtStart?: boolean;
	/** Option-file lines of every server. */
	readonly extraOptions?: ServerOptions;
}

export interface Topology {
	readonly primary: LabServer;
	readonly replicas: readonly LabServer[];
	/** The primary first. */
	readonly servers: readonly LabServer[];
}

/** What a writer needs. */
export const SCHEMA = [
	"CREATE DATABASE app",
	`CREATE TABLE app.writes (
		id BIGINT PRIMARY KEY,
		at DATETIME(6) NOT NULL,
		writer VARCHAR(64) NOT NULL
	)`,
];

/** Answers when every replica has the schema `app` and, if asked for, semi-sync is on. */
export async function layTopology(
	lab: Lab,
	options: LayOptions,
	log: (text: string) => void,
): Promise<Topology> {
	const { primary, replicas } = await startServers(lab, options);
	await setReadOnly(primary, false);
	const sourceOf = (index: number) =>
		options.chain === true ? (replicas[index - 1] ?? primary) : primary;
	// Before the first transaction: a channel by file position starts at "now".
	await Promise.all(
		replicas.map((replica, index) => attach(replica, sourceOf(index), options)),
	);
	for (const statement of SCHEMA) await primary.query(statement);
	await Promise.all(replicas.map((replica) => waitCaughtUp(replica, primary)));
	if (options.semiSync ?? true) await enableSemiSync(primary, options);
	log(describe(primary, replicas, options));
	return { primary, replicas, servers: [primary, ...replicas] };
}

async function startServers(lab: Lab, options: LayOptions) {
	const first = (lab.servers.at(-1)?.serverId ?? 0) + 1;
	// All must have come to an end before a failure is told: the caller then
	// stops the lab, and no server may appear after that.
	const starts = await Promise.allSettled(
		Array.from({ length: options.replicas + 1 }, (_, index) =>
			lab.startServer({
				serverId: first + index,
				semiSync: options.semiSync ?? true,
				readOnlyAtStart: index > 0 || (options.readOnlyAtStart ?? true),
				extraOptions: options.extraOptions ?? {},
			}),
		),
	);
	const [primary, ...replicas] = starts.map((start) => {
		if (start.status === "rejected") throw start.reason;
		return start.value;
	});
	if (primary === undefined) throw new Error("replicas must be 0 or more");
	return { primary, replicas };
}

async function attach(
	replica: LabServer,
	source: LabServer,
	options: LayOptions,
): Promise<void> {
	await replicate(replica, source, {
		...(options.heartbeatSeconds === undefined
			? {}
			: { heartbeatSeconds: options.heartbeatSeconds }),
		...(options.positioning === undefined
			? {}
			: { positioning: options.positioning }),
	});
}

/** Without a replica the first commit would wait for ever. */
async function enableSemiSync(
	primary: LabServer,
	options: LayOptions,
): Promise<void> {
	const direct = options.chain === true ? 1 : options.replicas;
	if (options.replicas === 0) return;
	await setSemiSyncSource(primary, true);
	await waitForSemiSyncClients(primary, direct);
}

function describe(
	primary: LabServer,
	replicas: readonly LabServer[],
	options: LayOptions,
): string {
	const shape = options.chain === true ? "chain" : "star";
	const acknowledging = (options.semiSync ?? true) ? ", semi-sync" : "";
	return `primary ${primary.name}, ${replicas.length} replicas (${shape}${acknowledging})`;
}
