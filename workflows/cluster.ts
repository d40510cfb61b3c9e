import {
	allHandlersFinished,
	condition,
	currentUpdateInfo,
	defineQuery,
	defineSignal,
	defineUpdate,
	isCancellation,
	makeContinueAsNewFunc,
	setCurrentDetails,
	setHandler,
	sleep,
	upsertSearchAttributes,
	workflowInfo,
} from "@temporalio/workflow";
import type { Weighed } from "../activities/weighing.ts";
import type {
	AnalysisChange,
	Finding,
	Started,
} from "../src/analysis/finding.ts";
import {
	callsForFailover,
	isAnalysisChange,
	isStarted,
	recoveryRequest,
} from "../src/operations/recovery-request.ts";
import {
	isForced,
	type OperationOutcome,
	type OperationRequest,
} from "../src/planning/operation.ts";
import { checkedRequest } from "../src/planning/request-schema.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import {
	clusterWorkflowId,
	LONGEST_ALIAS,
	QUERIES,
	SIGNALS,
	UPDATES,
} from "../temporal/names.ts";
import { TASK_TIMEOUTS } from "../temporal/task-timeouts.ts";
import { weigh } from "./activities.ts";
import { ClusterState } from "./cluster-state.ts";
import {
	type Carried,
	carriedOf,
	detailsOf,
	statusOf,
} from "./cluster-told.ts";
import { detectionContext } from "./detection-context.ts";
import { textOf, throwsAsFailure } from "./failures.ts";
import { runHooks, startAfterwards } from "./hooks.ts";
import {
	checkId,
	checkInput,
	isCarried,
	isServerName,
	isText,
} from "./inputs.ts";
import { createOneOperation } from "./one-operation.ts";

const analysisChanged = defineSignal<[AnalysisChange]>(SIGNALS.analysisChanged);
const instanceReturned = defineSignal<[{ instance: InstanceName }]>(
	SIGNALS.instanceReturned,
);
const primaryMoved = defineSignal<[{ instance: InstanceName }]>(
	SIGNALS.primaryMoved,
);
const operationStarted = defineSignal<[Started]>(SIGNALS.operationStarted);
const named = defineSignal<[{ alias: string }]>(SIGNALS.named);
const watchTaken = defineSignal(SIGNALS.watchTaken);
const operate = defineUpdate<OperationOutcome, [OperationRequest]>(
	UPDATES.operate,
);
const status = defineQuery<ReturnType<typeof statusOf>>(QUERIES.status);

/** How long a detection's hooks may hold a recovery up: what takes longer runs beside it. */
const DETECTION_HOOKS_WITHIN = "2 s";

/** What nothing could be decided about, or what hooks have held up, is considered once more. */
const AGAIN_AFTER = "10 s";

/** History events after which the entity continues as new, when it is idle: who takes it over cold replays them while clients wait. */
const MOST_EVENTS = 500;

interface ClusterInput {
	readonly identity: string;
	readonly carried?: Carried;
}

/**
 * The entity of one cluster: whatever must be serial for it is decided here. It runs one operation at a time, as a child with
 * the cluster's one operation id; a failover pushes aside what is less urgent, everything else is refused meanwhile. Hooks that
 * come after an operation run when it has let go: nothing waits for them but who asked for it.
 */
export const cluster = async (input: ClusterInput): Promise<void> => {
	checkInput("cluster", input, { identity: isText, carried: isCarried });
	const { identity } = input;
	checkId("the entity of a cluster", clusterWorkflowId(identity));
	const state = new ClusterState(input.carried);
	const show = () => setCurrentDetails(detailsOf(state.known));
	const operation = createOneOperation(identity, state, show);

	const goesBy = (given: string): void => {
		const alias = given.slice(0, LONGEST_ALIAS);
		if (alias === state.alias) return;
		state.alias = alias;
		upsertSearchAttributes({ BatonAlias: alias === "" ? [] : [alias] });
		show();
	};

	/** @returns whether the pass goes on */
	const tellDetection = async (
		finding: Finding,
		weighed: Weighed,
	): Promise<boolean> => {
		const ran = runHooks({
			uid: "",
			list: "OnFailureDetectionProcesses",
			context: detectionContext(finding, weighed),
		});
		const report = await Promise.race([
			ran,
			sleep(DETECTION_HOOKS_WITHIN).then(() => undefined),
		]);
		// A failing hook ends this pass; the next one goes on without it.
		return report === undefined || report.outcome === "done";
	};

	const considerAgain = (finding: Finding): void => {
		sleep(AGAIN_AFTER)
			.then(() => state.again(finding))
			.catch(() => undefined);
	};

	const consider = async (finding: Finding): Promise<void> => {
		const weighed = await weigh(
			`weigh ${finding.code} of ${finding.instance}`,
			{ identity, finding },
		);
		// An entity that was started anew has not been told it.
		goesBy(weighed.clusterAlias);
		state.weighed(finding, weighed.says);
		show();
		if (
			weighed.isNew &&
			weighed.detectionHooks &&
			!(await tellDetection(finding, weighed))
		)
			return considerAgain(finding);
		if (!weighed.act) {
			// It may be held up by an operation that nobody watches.
			if (callsForFailover(finding) && state.isFree) await operation.adopt();
			return;
		}
		await operation.takeUp();
		const preempted = await operation.preempt(false);
		if (state.isFree)
			operation.runUnasked(
				recoveryRequest(identity, finding, weighed.detectionId),
				preempted,
			);
	};

	setHandler(analysisChanged, (change) => {
		if (!isAnalysisChange(change)) return;
		state.heard(change);
		show();
	});
	setHandler(instanceReturned, (told) => {
		const name: unknown = told?.instance;
		if (isServerName(name)) state.returned(name);
	});
	setHandler(primaryMoved, (told) => {
		const name: unknown = told?.instance;
		if (isServerName(name)) state.primaryMoved(name);
	});
	setHandler(operationStarted, (told) => {
		if (isStarted(told)) state.follows(told);
	});
	setHandler(named, (told) => {
		const alias: unknown = told?.alias;
		if (typeof alias === "string") goesBy(alias);
	});

	// Replayed it is, whatever it makes of it.
	setHandler(watchTaken, () => undefined);
	setHandler(status, () => statusOf(state.known));
	setHandler(
		operate,
		async (request) => {
			// A reset hands old requests in again, by the same id: what was begun once is not begun by another run.
			const asked = currentUpdateInfo()?.id;
			if (isForced(request)) await operation.takeUp();
			await operation.awaitRefusal(request);
			await operation.checkBeforePush(request, asked);
			const preempted = isForced(request)
				? await operation.preempt(true)
				: undefined;
			if (!state.isFree) throw state.busy();
			const concluded = await operation.run(request, preempted, asked);
			const after = await startAfterwards(identity, concluded.afterwards);
			const failed = (await after?.result()) ?? [];
			return {
				...concluded.outcome,
				errors: [...concluded.outcome.errors, ...failed],
			};
		},
		{
			// Whoever sends it: the command line and the API have checked it, the Temporal UI has not.
			validator: (request) => {
				throwsAsFailure(() => checkedRequest(request));
				const waits =
					state.isOvertakenBy(request) ||
					(isForced(request) && state.givesWayTo(request.kind, true));
				if (!state.isFree && !waits) throw state.busy();
			},
		},
	);

	upsertSearchAttributes({
		BatonCluster: [identity],
		...(state.alias === "" ? {} : { BatonAlias: [state.alias] }),
		BatonState: ["watched"],
	});
	show();
	// One that was terminated may have left an operation that runs.
	if (input.carried === undefined) operation.adopt().catch(() => undefined);
	for (;;) {
		await condition(() => state.hasWork || (isLong() && state.isFree));
		const started = state.nextStarted();
		if (started !== undefined) {
			operation.followStarted(started);
			continue;
		}
		const finding = state.nextFinding();
		const repair =
			finding === undefined ? state.nextRepair(identity) : undefined;
		if (finding !== undefined)
			await consider(finding).catch((error: unknown) => {
				if (isCancellation(error)) throw error;
				// The entity outlives it.
				considerAgain(finding);
				state.weighed(finding, `could not be considered: ${textOf(error)}`);
				show();
			});
		else if (repair !== undefined) operation.runUnasked(repair);
		else if (isLong() && state.isFree) {
			const isIdle = () => allHandlersFinished() && state.isFree;
			await condition(() => isIdle() || state.hasWork);
			// What was heard meanwhile is done first: hooks of an operation may take an hour.
			if (state.hasWork || !isIdle()) continue;
			await continueAsNew({
				identity,
				carried: carriedOf(state.known),
			});
		}
	}
};

/** Also one that was started with another time-out. */
const continueAsNew = (input: ClusterInput): Promise<never> =>
	makeContinueAsNewFunc<typeof cluster>({
		workflowTaskTimeout: TASK_TIMEOUTS.entity,
	})(input);

const isLong = (): boolean => {
	const info = workflowInfo();
	return info.continueAsNewSuggested || info.historyLength > MOST_EVENTS;
};
