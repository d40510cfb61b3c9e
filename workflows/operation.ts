import {
	CancellationScope,
	isCancellation,
	upsertSearchAttributes,
	workflowInfo,
} from "@temporalio/workflow";
import type { Begun } from "../activities/claim-activities.ts";
import type { Concluded } from "../activities/record-activities.ts";
import type { RanStep } from "../src/engine/run-steps.ts";
import {
	instancesNamedBy,
	type OperationKind,
	type OperationOutcome,
	type OperationRequest,
	type StepReport,
} from "../src/planning/operation.ts";
import type { Phase, Plan } from "../src/planning/plan.ts";
import {
	type PlanPort,
	type RunResult,
	runPlan,
} from "../src/planning/run-plan.ts";
import { type Step, stepText } from "../src/planning/step.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { operationWorkflowId } from "../temporal/names.ts";
import { beginning, forwarding, operations, steps } from "./activities.ts";
import { CheckList } from "./check-list.ts";
import { textOf } from "./failures.ts";
import { runHooks } from "./hooks.ts";

/** What the entity starts an operation with. A person who starts the workflow type by hand gives only the request's own fields. */
interface Owned {
	/** Set by the entity. */
	readonly identity?: string;
	/** Run of an operation that this one pre-empted and whose claim it takes over. */
	readonly preempt?: string;
}

/**
 * The workflow of a kind of operation: it belongs to the cluster's entity, or asks it. It takes the cluster, runs the hooks that
 * come before, runs the plan (operations.md §3), records how it ended and lets go of the cluster, however it ends.
 */
export const operationOf =
	(kind: OperationKind) =>
	async ({
		identity,
		preempt,
		...input
	}: Owned): Promise<Concluded | OperationOutcome> => {
		const request = { kind, ...input } as OperationRequest;
		if (
			identity === undefined ||
			workflowInfo().workflowId !== operationWorkflowId(identity)
		)
			return forwarding.askEntity.executeWithOptions(
				{ summary: `ask the cluster's entity for a ${kind}` },
				[request],
			);
		upsertSearchAttributes({
			BatonCluster: [identity],
			BatonOperation: [kind],
			BatonInstances: [...instancesNamedBy(request)],
			...(request.kind === "recovery"
				? { BatonAnalysis: [request.analysis] }
				: {}),
			BatonState: ["running"],
		});
		const operation = new Operation(identity, request);
		try {
			const concluded = await operation.run(preempt);
			upsertSearchAttributes({
				BatonState: [concluded.outcome.successful ? "succeeded" : "failed"],
			});
			return concluded;
		} catch (error) {
			await operation.breakOff(textOf(error));
			upsertSearchAttributes({
				BatonState: [isCancellation(error) ? "cancelled" : "failed"],
			});
			throw error;
		}
	};

/** One operation in progress: its claim, its steps so far, and how both are shown in the Temporal UI. */
class Operation {
	private readonly identity: string;
	private readonly request: OperationRequest;
	private readonly reports: StepReport[] = [];
	private readonly list = new CheckList();
	private begun: Begun | undefined;

	constructor(identity: string, request: OperationRequest) {
		this.identity = identity;
		this.request = request;
	}

	async run(preempt: string | undefined): Promise<Concluded> {
		const begun = await this.begin(preempt);
		this.list.plan(begun.plan);
		if (begun.plan.refusal !== undefined)
			return this.conclude(begun, refusedAs(begun.plan, begun.plan.refusal));
		const opened = this.openRecord(begun);
		const blocked = await this.hooksBefore(begun);
		const result =
			blocked === ""
				? await runPlan(this.port(begun), begun.plan)
				: refusedAs(begun.plan, blocked);
		return CancellationScope.nonCancellable(async () => {
			const trouble = await opened;
			return this.conclude(begun, {
				...result,
				errors: [...result.errors, ...trouble],
			});
		});
	}

	/** The operation ends without an outcome. */
	async breakOff(says: string): Promise<void> {
		await CancellationScope.nonCancellable(() =>
			operations.release({
				identity: this.identity,
				runId: workflowInfo().runId,
				uid: this.begun?.claim.uid ?? "",
				says,
			}),
		);
	}

	private async begin(preempt: string | undefined): Promise<Begun> {
		const { workflowId, runId } = workflowInfo();
		this.begun = await beginning.begin.executeWithOptions(
			{ summary: `take cluster ${this.identity}, look at it and plan` },
			[
				{
					identity: this.identity,
					request: this.request,
					workflowId,
					runId,
					...(preempt === undefined ? {} : { preempt }),
				},
			],
		);
		return this.begun;
	}

	/** A record, not a precondition: nobody waits for it but the end. @returns what went wrong with it */
	private async openRecord(begun: Begun): Promise<string[]> {
		const { context, claim } = begun;
		if (context === undefined || !this.isRecorded) return [];
		const { request } = this;
		try {
			await operations.openRecovery.executeWithOptions(
				{ summary: `register the ${request.kind} of ${context.failed}` },
				[
					{
						claim,
						context,
						detectionId:
							request.kind === "recovery" ? (request.detectionId ?? 0) : 0,
					},
				],
			);
			return [];
		} catch (error) {
			if (isCancellation(error)) throw error;
			return [`it was not registered: ${textOf(error)}`];
		}
	}

	private get isRecorded(): boolean {
		return this.request.kind === "recovery" || this.request.kind === "takeover";
	}

	/** @returns why the operation is not begun; empty when nothing speaks against it */
	private async hooksBefore({
		before,
		context,
		claim,
	}: Begun): Promise<string> {
		if (context === undefined) return "";
		for (const list of before) {
			try {
				const report = await runHooks({ uid: claim.uid, list, context });
				this.report(report);
				if (report.outcome !== "done")
					return `a ${list} hook failed: nothing was changed`;
			} catch (error) {
				if (!isCancellation(error)) throw error;
				return `ended while ${list} ran: nothing was changed`;
			}
		}
		return "";
	}

	private port(begun: Begun): PlanPort {
		const { claim } = begun;
		return {
			run: (phase, plan, isUndo) => this.runPhase(begun, phase, plan, isUndo),
			replan: (done) =>
				operations.replan.executeWithOptions({ summary: "plan anew" }, [
					{ claim, request: this.request, done },
				]),
			account: (on) =>
				steps.account.executeWithOptions(
					{ summary: `find out whether ${on} is writable` },
					[{ claim, on }],
				),
			primaryChanged: (change) =>
				operations.primaryChanged.executeWithOptions(
					{ summary: `${change.to} is the primary` },
					[{ claim, clusterAlias: begun.clusterAlias, change }],
				),
			shielded: (work) => CancellationScope.nonCancellable(work),
			isInterruption: isCancellation,
			show: (plan) => this.list.plan(plan),
		};
	}

	private async runPhase(
		{ claim }: Begun,
		phase: Phase,
		plan: Plan,
		isUndo: boolean,
	): Promise<readonly RanStep[]> {
		this.list.begin(phase);
		const answers = await steps.runPhase.executeWithOptions(
			{
				summary: `${phase.name}: ${phase.steps.map(stepText).join("; ")}`.slice(
					0,
					380,
				),
			},
			[
				{
					claim,
					steps: phase.steps.map(({ undo, because, ...step }) => step as Step),
					credentialFrom: credentialFrom(plan),
				},
			],
		);
		for (const [at, step] of phase.steps.entries()) {
			const answer = answers[at];
			if (answer !== undefined)
				this.report({
					...answer,
					name: isUndo ? `undo:${step.do}` : step.do,
					on: step.on,
				});
		}
		return answers;
	}

	private report(report: StepReport): void {
		this.reports.push(report);
		this.list.done(report);
	}

	private async conclude(begun: Begun, result: RunResult): Promise<Concluded> {
		const { claim, clusterName, clusterAlias, subject, context } = begun;
		const { state, says, changed, left, failed, errors, plan } = result;
		const concluded = await operations.conclude.executeWithOptions(
			{ summary: "record the end, let go of the cluster" },
			[
				{
					claim,
					request: this.request,
					about: { clusterName, clusterAlias, subject },
					...(context === undefined ? {} : { context }),
					isRecorded: this.isRecorded && begun.plan.refusal === undefined,
					ending: {
						state,
						says,
						changed,
						left,
						failed,
						errors,
						loss: plan.loss.says,
						successor: plan.successor ?? "",
						...(plan.settlesFence === undefined
							? {}
							: { settlesFence: plan.settlesFence }),
						steps: this.reports,
					},
				},
			],
		);
		this.list.end(concluded.outcome.says);
		return concluded;
	}
}

const refusedAs = (plan: Plan, says: string): RunResult => ({
	state: "refused",
	says,
	changed: false,
	interrupted: false,
	plan,
	done: [],
	left: [],
	failed: [],
	errors: [],
});

/** Where a process that takes the operation over finds the replication account. */
const credentialFrom = (plan: Plan): readonly InstanceName[] =>
	plan.phases
		.flatMap((each) => each.steps)
		.flatMap((each) => (each.do === "findCredential" ? each.from : []));
