import type { AnalysisEntry } from "../analysis/analysis.ts";
import type { Configuration } from "../config/keys.ts";
import type { Discovery } from "../planning/operation.ts";
import type { Rolling } from "../rolling/port.ts";
import type { Store } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";

/** What a row of the tables may use, on either surface. */
export interface RowContext {
	readonly store: Store;
	readonly configuration: Configuration;
	readonly nowMs: number;
	/** The process that answers. */
	readonly node: { readonly hostname: string; readonly token: string };
	discovery(): Promise<Discovery>;
	/** Goes on to the rest of a server's topology behind the answer. A process that ends with it leaves that to running nodes. */
	crawlOn(name: InstanceName): void;
	/** The analysis of every known instance, or of those of one cluster; entries without a finding included. */
	analyse(clusterName?: string): Promise<readonly AnalysisEntry[]>;
	/** @throws BatonError TemporalUnavailable */
	rolling(): Promise<Rolling>;
	/** The server as it is now, whatever the store says. @throws BatonError ServerUnreachable */
	lookAt(name: InstanceName): Promise<Instance>;
}
