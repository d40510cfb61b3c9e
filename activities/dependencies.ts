import type { Logger } from "pino";
import type { Configuration } from "../src/config/keys.ts";
import type { HookRunner } from "../src/hooks/run.ts";
import type { Servers } from "../src/mysql/servers.ts";
import type { Store } from "../src/store/contract.ts";

/** What the activities work with. Wired once, in workers/. */
export interface ActivityDeps {
	readonly store: Store;
	readonly servers: Servers;
	readonly config: () => Configuration;
	readonly hooks: HookRunner;
	readonly log: Logger;
	readonly nowMs: () => number;
	/** Whether that run of a workflow still runs. @throws BatonError TemporalUnavailable */
	readonly isRunning: (workflowId: string, runId: string) => Promise<boolean>;
	readonly node: { readonly hostname: string; readonly token: string };
}
