import type { AnalysisEntry } from "../../../analysis/analysis.ts";
import type { TemporalState } from "../../../planning/operation.ts";
import type { FailoverProspect } from "../../../planning/prospect.ts";
import type { Verdict } from "../../../policy/decide.ts";
import type { RollingStatus } from "../../../rolling/status.ts";
import type {
	ClusterRecord,
	DetectionRecord,
	Fence,
	OperationClaim,
	RecoveryRecord,
} from "../../../store/contract.ts";
import type { AnalysisChange } from "../../../store/history/contract.ts";
import type { Maintenance, Tag } from "../../../store/naming/contract.ts";
import type { InstanceName } from "../../../topology/instance-name.ts";
import type { Downtime } from "../../../topology/snapshot.ts";
import type { DescriptionContext } from "../description.ts";

/** Whether a recovery would start now, and of what. */
export interface Prospect {
	readonly instance: InstanceName;
	/** The finding that stands; empty where none does and the primary's death is only supposed. */
	readonly analysis: string;
	readonly verdict: Verdict;
	/** Of the failover of a primary that would start, or that something speaks against which could be lifted. */
	readonly outlook?: FailoverProspect;
}

/** A process that serves, and when it last told of itself. */
interface LivingNode {
	readonly hostname: string;
	/** `http` or `continuous`. */
	readonly command: string;
	readonly lastSeenMs: number;
}

/** How far the servers answered a look just now. */
interface LookedAt {
	readonly answered: number;
	readonly unanswered: readonly {
		readonly instance: InstanceName;
		/** When it was last seen; 0 for never. */
		readonly seenAtMs: number;
		readonly error: string;
	}[];
}

/** All that is known of one cluster, for {@link whyText}. */
export interface WhySubject {
	readonly cluster: ClusterRecord;
	/** The now of every age. */
	readonly limits: DescriptionContext;
	/** One for each instance, in host, port order. */
	readonly entries: readonly AnalysisEntry[];
	readonly downtimes: readonly Downtime[];
	readonly maintenances: readonly Maintenance[];
	readonly tags: readonly Tag[];
	/** Further addresses, with the name that their server goes by. */
	readonly aliases: ReadonlyMap<InstanceName, InstanceName>;
	readonly fences: readonly Fence[];
	readonly prospects: readonly Prospect[];
	/** What prospects and privileges go by; all else is from the store. */
	readonly looked: LookedAt;
	/** Undefined where none is known that could be asked. */
	readonly temporal: TemporalState | undefined;
	readonly globallyDisabled: boolean;
	readonly operation: OperationClaim | undefined;
	/** One that has not ended. */
	readonly rolling: RollingStatus | undefined;
	readonly nodes: readonly LivingNode[];
	/** Newest first. */
	readonly detections: readonly DetectionRecord[];
	readonly recoveries: readonly RecoveryRecord[];
	readonly changes: readonly AnalysisChange[];
}
