/** What an operation and those who do its work tell each other: plain JSON, since it travels through a workflow's history. */
import type { HookList } from "../operations/hook-lists.ts";
import type {
	OperationOutcome,
	OperationRequest,
} from "../planning/operation.ts";
import type { Done, Phase, Plan } from "../planning/plan.ts";
import type { RanPhase } from "../planning/plan-port.ts";
import type { Step } from "../planning/step.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { OperationHookContext } from "./hook-context.ts";
import type { About, Ending } from "./outcome.ts";
import type { RanStep } from "./run-steps.ts";

/** Who holds the cluster, and under what its steps are recorded. */
export interface Claim {
	readonly identity: string;
	readonly epoch: number;
	readonly uid: string;
	readonly workflowId: string;
	readonly runId: string;
}

/** What an operation is given when it begins. */
export interface Begun {
	readonly claim: Claim;
	readonly clusterName: string;
	readonly clusterAlias: string;
	readonly plan: Plan;
	/** What came of the plan's first phases, where those were run in the same go. */
	readonly ahead: PhasesOutput;
	/** What was put in order first that an operation before had left, a sentence each. */
	readonly restored: readonly string[];
	/** The instance that it is about; empty when a takeover found no primary. */
	readonly subject: InstanceName | "";
	/** Lists to run before the plan: those that hold a command. */
	readonly before: readonly HookList[];
	/** Missing where there is no subject. */
	readonly context?: OperationHookContext;
}

/** The hooks that run after an operation has let go of its cluster. */
export interface Afterwards {
	readonly uid: string;
	readonly lists: readonly HookList[];
	readonly context: OperationHookContext;
}

export interface Concluded {
	readonly outcome: OperationOutcome;
	readonly afterwards?: Afterwards;
}

/** Waits for the end of an operation that runs elsewhere. @throws what it failed with */
export type ResultOf = (
	identity: string,
	runId: string,
	signals: {
		/** The operation is cancelled then, and still waited for. */
		readonly cancel: AbortSignal;
		/** It is not waited for any longer, and goes on. */
		readonly leave: AbortSignal;
	},
) => Promise<Concluded>;

/** A phase as it is run. */
export interface RunPhase extends Pick<Phase, "name" | "changesPrimary"> {
	readonly steps: readonly Step[];
}

export interface PhasesInput {
	readonly claim: Claim;
	/** Of the cluster; empty where it has none. */
	readonly clusterAlias: string;
	/** Each is run when the one before it has come through whole, and not too late. */
	readonly phases: readonly RunPhase[];
	/** Where the replication account is found, should this process not have it. */
	readonly credentialFrom: readonly InstanceName[];
	/** The plan continues after these phases: it is planned anew by what their steps find, after what was done before. */
	readonly onwards?: {
		readonly request: OperationRequest;
		readonly done: readonly Done[];
	};
}

/** What came of the phases that were run; the last of them all has what {@link PhasesInput.onwards} asks for. */
export type PhasesOutput = readonly RanSteps[];

export interface RanSteps extends RanPhase {
	readonly answers: readonly RanStep[];
}

/** The end of an operation. */
export interface Conclusion {
	readonly claim: Claim;
	readonly request: OperationRequest;
	readonly about: Pick<About, "clusterName" | "clusterAlias" | "subject">;
	readonly context?: OperationHookContext;
	/** The recovery's row was opened. */
	readonly isRecorded: boolean;
	readonly ending: Ending;
}
