import {
	ApplicationFailure,
	CancellationScope,
	CancelledFailure,
	defineQuery,
	isCancellation,
	setCurrentDetails,
	setHandler,
	upsertSearchAttributes,
	workflowInfo,
} from "@temporalio/workflow";
import type { Begun, Concluded } from "../src/engine/contract.ts";
import {
	type OperationPort,
	runOperation,
} from "../src/engine/run-operation.ts";
import {
	instancesNamedBy,
	type OperationKind,
	type OperationOutcome,
	type OperationRequest,
	rowOf,
} from "../src/planning/operation.ts";
import { stepText } from "../src/planning/step.ts";
import { asSummary, inMarkdown } from "../temporal/markdown.ts";
import {
	LONGEST_ALIAS,
	operationWorkflowId,
	QUERIES,
} from "../temporal/names.ts";
import { type StartFields, splitStart } from "../temporal/operation-start.ts";
import { answeredAs, endedAs } from "../temporal/outcome-failure.ts";
import { begin, conclude, operations, steps } from "./activities.ts";
import { askEntity } from "./asking.ts";
import { type CheckList, createCheckList } from "./check-list.ts";
import { textOf } from "./failures.ts";
import { runHooks, startAfterwards } from "./hooks.ts";
import { fieldsOf, isText, refuseMore } from "./inputs.ts";

const isPastReturn = defineQuery<boolean>(QUERIES.isPastReturn);

/**
 * The workflow of a kind of operation: it belongs to the cluster's entity, or asks it. It lets go of the cluster however it ends.
 * @throws where it did not reach its goal; whoever waits for it finds its end in the failure
 */
export const operationOf =
	(kind: OperationKind) =>
	async (
		given: object,
		...more: readonly unknown[]
	): Promise<Concluded | OperationOutcome> => {
		refuseMore(kind, more);
		const { fields, input } = splitStart(fieldsOf(given));
		const { identity, preempt, asked } = fields;
		const request = { ...input, kind } as OperationRequest;
		const { workflowId, runId } = workflowInfo();
		if (!isText(identity) || workflowId !== operationWorkflowId(identity))
			return answeredAs(await askedByHand(request));
		checkTime(fields);
		checkNames(request);
		showKind(identity, request);
		let begun: Begun | undefined;
		let concluded: Concluded;
		const checkList = createCheckList(() => begun?.clusterAlias ?? "");
		refuseLateCancel(checkList);
		try {
			concluded = await runOperation(
				portOf(identity, request, { preempt, asked }, checkList),
				request,
				(each) => {
					begun = each;
					if (each.clusterAlias !== "")
						upsertSearchAttributes({
							BatonAlias: [each.clusterAlias.slice(0, LONGEST_ALIAS)],
						});
				},
			);
			const { afterwards } = concluded;
			if (fields.startsHooks === true)
				await CancellationScope.nonCancellable(() =>
					startAfterwards(identity, afterwards),
				);
		} catch (error) {
			const uid = begun?.claim.uid ?? "";
			await CancellationScope.nonCancellable(() =>
				operations.release({ identity, runId, uid, says: textOf(error) }),
			);
			upsertSearchAttributes({
				BatonState: [isCancellation(error) ? "cancelled" : "failed"],
			});
			throw error;
		}
		upsertSearchAttributes({
			BatonState: [concluded.outcome.successful ? "succeeded" : "failed"],
		});
		return endedAs(concluded);
	};

/** Started by its workflow type: the entity is asked, which refuses what is no request. */
const askedByHand = async (
	request: OperationRequest,
): Promise<OperationOutcome> => {
	const asked = await askEntity(request, (says) =>
		setCurrentDetails(inMarkdown(`It was to be cancelled: ${says}.`)),
	);
	return asked.outcome;
};

/** No node was there to begin it: whoever asked may have done something else since. */
const checkTime = ({ beginWithinMs }: StartFields): void => {
	const lateMs = Date.now() - workflowInfo().startTime.getTime();
	if (typeof beginWithinMs === "number" && lateMs > beginWithinMs)
		throw ApplicationFailure.nonRetryable(
			`no node was there to begin it for ${Math.round(lateMs / 1000)} s: nothing was touched; ask for it again if it is wanted still`,
			"OperationFailed",
		);
};

/** Whoever can reach Temporal can start the workflow: what says too little fails at once, and does not hold the cluster. */
const checkNames = (request: OperationRequest): void => {
	const { record } = rowOf(request);
	const needed: readonly unknown[] = [
		...instancesNamedBy(request),
		...(record === null ? [] : [record.analysis(request)]),
	];
	if (needed.some((each) => typeof each !== "string"))
		throw ApplicationFailure.nonRetryable(
			`a ${request.kind} needs the names of its servers, each as host:port and, where one has failed, the code of its analysis`,
			"BadInput",
		);
};

const showKind = (identity: string, request: OperationRequest): void => {
	upsertSearchAttributes({
		BatonCluster: [identity],
		BatonOperation: [request.kind],
		BatonInstances: [...instancesNamedBy(request)],
		...("analysis" in request ? { BatonAnalysis: [request.analysis] } : {}),
		BatonState: ["running"],
	});
};

/** An operation's work as activities. */
const portOf = (
	identity: string,
	request: OperationRequest,
	{ preempt, asked }: Pick<StartFields, "preempt" | "asked">,
	checkList: CheckList,
): OperationPort => {
	const { workflowId, runId } = workflowInfo();
	return {
		begin: () =>
			begin(`take cluster ${identity}, look at it and plan`, {
				identity,
				request,
				workflowId,
				runId,
				...(preempt === undefined ? {} : { preempt }),
				...(asked === undefined ? {} : { asked }),
			}),
		openRecovery: ({ claim }, context) =>
			operations.openRecovery.executeWithOptions(
				{ summary: asSummary(`register the ${request.kind}`) },
				[
					{
						claim,
						context,
						detectionId:
							"detectionId" in request ? (request.detectionId ?? 0) : 0,
					},
				],
			),
		hooks: ({ claim }, context, list) =>
			runHooks({ uid: claim.uid, list, context }),
		runPhases: (input) =>
			steps.runPhases.executeWithOptions(
				{
					summary: asSummary(
						input.phases
							.map(
								({ name, steps: each }) =>
									`${name}: ${each.map(stepText).join("; ")}`,
							)
							.join(", then "),
					),
				},
				[input],
			),
		replan: ({ claim }, done) =>
			operations.replan.executeWithOptions({ summary: "plan anew" }, [
				{ claim, request, done },
			]),
		account: ({ claim }, on) =>
			steps.account.executeWithOptions(
				{ summary: asSummary(`find out whether ${on} is writable`) },
				[{ claim, on }],
			),
		primaryChanged: ({ claim, clusterAlias }, change) =>
			operations.primaryChanged.executeWithOptions(
				{ summary: asSummary(`${change.to} is the primary`) },
				[{ claim, clusterAlias, change }],
			),
		conclude: (conclusion) =>
			conclude("record the end, let go of the cluster", conclusion),
		goOn: () => {
			if (CancellationScope.current().consideredCancelled)
				throw new CancelledFailure("the operation was ended");
		},
		shielded: (work) => CancellationScope.nonCancellable(work),
		isInterruption: isCancellation,
		errorText: textOf,
		show: checkList.show,
	};
};

/** Whoever asks for its end too late is told so. */
const refuseLateCancel = (checkList: CheckList): void => {
	setHandler(isPastReturn, () => checkList.isPastReturn());
	CancellationScope.current().cancelRequested.catch(() => {
		if (checkList.isPastReturn()) checkList.notCancelled();
	});
};
