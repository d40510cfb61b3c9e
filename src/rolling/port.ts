import type { ClusterRecord } from "../store/contract.ts";
import type { RollingPlan } from "./next-server.ts";
import type { RollingStatus, RollingWord } from "./status.ts";

/** What a rolling maintenance is begun with. */
interface RollingRequest {
	/** Of the cluster. */
	readonly identity: string;
	readonly requestedBy: string;
	/** What for: told to the hooks and in the downtimes. */
	readonly reason: string;
}

/** How a rolling maintenance can be asked for and told. */
export interface Rolling {
	/** What would be done now; the servers are looked at, and nothing is touched. @throws BatonError UnknownCluster */
	plan(identity: string): Promise<RollingPlan>;
	/** Answers when it is under way. @throws BatonError Refused, TemporalUnavailable … */
	begin(request: RollingRequest): Promise<RollingStatus>;
	/** @throws BatonError Refused when none runs, or what is said does not go with where it stands; TemporalUnavailable */
	tell(
		cluster: Pick<ClusterRecord, "identity" | "clusterName">,
		word: RollingWord,
	): Promise<RollingStatus>;
}
