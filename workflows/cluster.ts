import {
	allHandlersFinished,
	CancellationScope,
	ChildWorkflowCancellationType,
	condition,
	continueAsNew,
	defineQuery,
	defineSignal,
	defineUpdate,
	isCancellation,
	ParentClosePolicy,
	setCurrentDetails,
	setHandler,
	startChild,
	upsertSearchAttributes,
	workflowInfo,
} from "@temporalio/workflow";
import type { AnalysisChange, Finding } from "../src/analysis/finding.ts";
import type {
	OperationOutcome,
	OperationRequest,
} from "../src/planning/operation.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import {
	operationWorkflowId,
	QUERIES,
	QUEUES,
	SIGNALS,
	UPDATES,
} from "../temporal/names.ts";
import { entity, hooks } from "./activities.ts";
import { type Carried, ClusterState } from "./cluster-state.ts";
import { failureOf, textOf } from "./failures.ts";
import type { recovery } from "./recovery.ts";

const analysisChanged = defineSignal<[AnalysisChange]>(SIGNALS.analysisChanged);
const instanceReturned = defineSignal<[{ instance: InstanceName }]>(
	SIGNALS.instanceReturned,
);
const operate = defineUpdate<OperationOutcome, [OperationRequest]>(
	UPDATES.operate,
);
const status = defineQuery<ReturnType<ClusterState["status"]>>(QUERIES.status);

/** Operations differ in their input only; which one is started is a name. */
type AnyOperation = typeof recovery;

/** History events after which the entity continues as new, when it is idle. */
const MOST_EVENTS = 4_000;

interface ClusterInput {
	readonly identity: string;
	readonly carried?: Carried;
}

/**
 * The entity of one cluster: whatever must be serial for it is decided here. It runs one operation at a time, as a child with
 * the cluster's one operation id; a failover pre-empts a relocation or a rejoin, everything else is refused meanwhile.
 */
export const cluster = async (input: ClusterInput): Promise<void> => {
	const { identity } = input;
	const state = new ClusterState(input.carried);
	let scope: CancellationScope | undefined;
	const show = () => setCurrentDetails(state.details());

	/** The caller has made sure that the cluster is free. */
	const runChild = async (
		request: OperationRequest,
		preempted?: string,
	): Promise<OperationOutcome> => {
		state.began(request, Date.now());
		show();
		scope = new CancellationScope();
		try {
			const outcome = await scope.run(async () => {
				const child = await startOperation(
					identity,
					request,
					state.summary(),
					preempted,
				);
				state.startedRun(child.firstExecutionRunId);
				return child.result();
			});
			state.ended(outcome.says, Date.now());
			return outcome;
		} catch (error) {
			const failure = failureOf(error);
			state.ended(failure.message, Date.now());
			throw failure;
		} finally {
			scope = undefined;
			show();
		}
	};

	/** What the entity starts by itself: its failure is in the child's history and in the state, nobody waits for it. */
	const runUnasked = (request: OperationRequest, preempted?: string): void => {
		runChild(request, preempted).catch(() => undefined);
	};

	/** Frees the cluster for a failover. @returns the run whose claim may be taken over */
	const preempt = async (): Promise<string | undefined> => {
		if (!state.mayBePreempted) return undefined;
		const run = state.runId;
		scope?.cancel();
		await condition(() => state.isFree);
		return run;
	};

	const consider = async (finding: Finding): Promise<void> => {
		const weighed = await entity.weigh.executeWithOptions(
			{ summary: `weigh ${finding.code} of ${finding.instance}` },
			[{ identity, finding }],
		);
		state.weighed(finding, weighed.says);
		show();
		if (weighed.isNew && weighed.detectionHooks) {
			const ran = await hooks.runHooks.executeWithOptions(
				{ summary: "OnFailureDetectionProcesses" },
				[
					{
						uid: "",
						list: "OnFailureDetectionProcesses",
						context: state.detectionContext(finding, weighed),
					},
				],
			);
			// recovery.md §1.3: a failing hook ends this pass; the next telling of the failure goes on without it.
			if (!ran.succeeded) return;
		}
		if (!weighed.act) return;
		const preempted = await preempt();
		if (state.isFree)
			runUnasked(
				state.recoveryRequest(identity, finding, weighed.detectionId),
				preempted,
			);
	};

	setHandler(analysisChanged, (change) => {
		state.heard(change);
		show();
	});
	setHandler(instanceReturned, ({ instance }) => state.returned(instance));
	setHandler(status, () => state.status());
	setHandler(
		operate,
		async (request) => {
			const preempted =
				request.kind === "recovery" ? await preempt() : undefined;
			if (!state.isFree) throw state.busy();
			return runChild(request, preempted);
		},
		{
			validator: (request) => {
				const pushes = request.kind === "recovery" && state.mayBePreempted;
				if (!state.isFree && !pushes) throw state.busy();
			},
		},
	);

	upsertSearchAttributes({
		BatonCluster: [identity],
		BatonState: ["watched"],
	});
	show();
	for (;;) {
		await condition(() => state.hasWork || (isLong() && state.isFree));
		const finding = state.nextFinding();
		const back = finding === undefined ? state.nextReturned() : undefined;
		if (finding !== undefined)
			await consider(finding).catch((error: unknown) => {
				if (isCancellation(error)) throw error;
				// The entity outlives it: a failure that stands is told again.
				state.weighed(finding, `could not be considered: ${textOf(error)}`);
				show();
			});
		else if (back !== undefined)
			runUnasked({ kind: "rejoin", cluster: identity, instance: back });
		else if (isLong() && state.isFree) {
			await condition(() => allHandlersFinished() && state.isFree);
			await continueAsNew<typeof cluster>({
				identity,
				carried: state.carried(),
			});
		}
	}
};

const startOperation = (
	identity: string,
	{ kind, ...request }: OperationRequest,
	summary: string,
	preempted: string | undefined,
) =>
	startChild<AnyOperation>(kind, {
		workflowId: operationWorkflowId(identity),
		taskQueue: QUEUES.operate,
		parentClosePolicy: ParentClosePolicy.ABANDON,
		cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
		staticSummary: summary,
		// A worker that dies in a workflow task holds it for so long.
		workflowTaskTimeout: "2 s",
		args: [
			{
				...request,
				identity,
				...(preempted === undefined ? {} : { preempt: preempted }),
			} as Parameters<AnyOperation>[0],
		],
	});

const isLong = (): boolean => {
	const info = workflowInfo();
	return info.continueAsNewSuggested || info.historyLength > MOST_EVENTS;
};
