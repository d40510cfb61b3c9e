import type { Logger } from "pino";
import type { Configuration } from "../src/config/keys.ts";
import type { Credentials } from "../src/engine/credentials.ts";
import type { Pictures } from "../src/engine/pictures.ts";
import type { StepRunner } from "../src/engine/run-steps.ts";
import type { LastingHooks } from "../src/hooks/lasting.ts";
import type { HookRunner } from "../src/hooks/run.ts";
import type { Servers } from "../src/mysql/servers.ts";
import type { Standby } from "../src/mysql/standby.ts";
import type { Store } from "../src/store/contract.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import type { StoreSight } from "./store-sight.ts";

/** What this process watches. */
export interface Watched {
	/**
	 * Looks at the cluster over the connections that its watcher keeps; undefined when none of this process has it whole.
	 * @param notBeforeMs a picture of a server that was begun then, or later, will do; left out, what was just seen will
	 */
	lookNow(
		identity: string,
		notBeforeMs?: number,
	): Promise<Snapshot | undefined>;
	/** Looks anew, and has it in the store before it answers. */
	settle(identity: string): Promise<void>;
}

/** What the activities work with. Wired once, in workers/. */
export interface ActivityDeps {
	readonly store: Store;
	readonly servers: Servers;
	readonly pictures: Pictures;
	readonly credentials: Credentials;
	readonly runSteps: StepRunner;
	/** Missing in a process that watches nothing. */
	readonly watched?: Watched;
	/** Sessions that are open already; missing likewise. */
	readonly standby?: Standby;
	readonly config: () => Configuration;
	readonly hooks: HookRunner;
	readonly lastingHooks: LastingHooks;
	readonly log: Logger;
	readonly nowMs: () => number;
	/** Whether that run of a workflow still runs. @throws BatonError TemporalUnavailable */
	readonly isRunning: (workflowId: string, runId: string) => Promise<boolean>;
	readonly sight: StoreSight;
	readonly node: { readonly hostname: string; readonly token: string };
}
