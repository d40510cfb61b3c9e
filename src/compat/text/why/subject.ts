import type { AnalysisEntry } from "../../../analysis/analysis.ts";
import type { FailoverProspect } from "../../../planning/prospect.ts";
import type { Verdict } from "../../../policy/decide.ts";
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
	/** Of one that would start, and is a failover of a primary. */
	readonly outlook?: FailoverProspect;
}

/** A process that serves, and when it last told of itself. */
interface LivingNode {
	readonly hostname: string;
	/** `http` or `continuous`. */
	readonly command: string;
	readonly lastSeenMs: number;
}

/** All that the store tells about one cluster, for {@link whyText}. */
export interface WhySubject {
	readonly cluster: ClusterRecord;
	/** The now of every age. */
	readonly limits: DescriptionContext;
	/** One for each instance, in host, port order. */
	readonly entries: readonly AnalysisEntry[];
	readonly downtimes: readonly Downtime[];
	readonly maintenances: readonly Maintenance[];
	readonly tags: readonly Tag[];
	readonly fences: readonly Fence[];
	readonly prospects: readonly Prospect[];
	readonly globallyDisabled: boolean;
	readonly operation: OperationClaim | undefined;
	readonly nodes: readonly LivingNode[];
	/** Newest first. */
	readonly detections: readonly DetectionRecord[];
	readonly recoveries: readonly RecoveryRecord[];
	readonly changes: readonly AnalysisChange[];
}
