import type { HookList } from "../operations/hook-lists.ts";
import { unsettledIn } from "../planning/accounted.ts";
import {
	type OperationRequest,
	rowOf,
	type StepReport,
} from "../planning/operation.ts";
import type { Phase, Plan } from "../planning/plan.ts";
import type { PlanPort } from "../planning/plan-port.ts";
import { type RunResult, runPlan } from "../planning/run-plan.ts";
import type { Step } from "../planning/step.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type {
	Begun,
	Concluded,
	Conclusion,
	PhasesInput,
	PhasesOutput,
	RunPhase,
} from "./contract.ts";
import type { OperationHookContext } from "./hook-context.ts";

/** How an operation reaches those who do its work: a workflow by activities, the break-glass command by plain calls. */
export interface OperationPort
	extends Pick<PlanPort, "goOn" | "shielded" | "isInterruption"> {
	/** Takes the cluster, looks at it and plans. */
	begin(): Promise<Begun>;
	/** Registers the operation's row. */
	openRecovery(begun: Begun, context: OperationHookContext): Promise<unknown>;
	/** Runs a list of hooks that come before. */
	hooks(
		begun: Begun,
		context: OperationHookContext,
		list: HookList,
	): Promise<StepReport>;
	runPhases(input: PhasesInput): Promise<PhasesOutput>;
	replan(begun: Begun, done: Parameters<PlanPort["replan"]>[0]): Promise<Plan>;
	account(begun: Begun, on: InstanceName): ReturnType<PlanPort["account"]>;
	primaryChanged(
		begun: Begun,
		change: NonNullable<Phase["changesPrimary"]>,
	): Promise<unknown>;
	conclude(conclusion: Conclusion): Promise<Concluded>;
	/** In words. */
	errorText(error: unknown): string;
	/** How it goes on is shown to people. */
	readonly show: {
		plan(plan: Plan): void;
		/** These are run now, one after another. */
		begin(phases: readonly Phase[]): void;
		done(report: StepReport): void;
		end(says: string): void;
	};
}

/** Whether it has a row among the recoveries. */
const isRecorded = (request: OperationRequest): boolean =>
	rowOf(request).record !== null;

/**
 * One operation from its claim to its end: it takes the cluster, runs the hooks that come before, runs the plan, records how it ended
 * and lets go of the cluster.
 */
export const runOperation = async (
	port: OperationPort,
	request: OperationRequest,
	/** Told as soon as the cluster is held: what broke off has to let go of it. */
	onBegun: (begun: Begun) => void,
): Promise<Concluded> => {
	const reports: StepReport[] = [];
	const begun = await port.begin();
	onBegun(begun);
	port.show.plan(begun.plan);
	const end = (result: RunResult, isOpened: boolean) =>
		conclude(port, request, begun, result, reports, isOpened);
	if (begun.plan.refusal !== undefined)
		return end(refusedAs(begun.plan, begun.plan.refusal), false);
	// A record, not a precondition: nobody waits for it but the end.
	const opened = isRecorded(request)
		? openRecord(port, begun)
		: Promise.resolve([]);
	const report = (each: StepReport): void => {
		reports.push(each);
		port.show.done(each);
	};
	reportAll(begun.plan.phases, begun.ahead, report);
	const blocked = await hooksBefore(port, begun, report);
	const result =
		blocked === ""
			? await runPlan(
					planPort(port, request, begun, report),
					begun.plan,
					begun.ahead,
				)
			: refusedAs(begun.plan, blocked);
	return port.shielded(async () => {
		const trouble = await opened;
		return end(
			{ ...result, errors: [...result.errors, ...trouble] },
			isRecorded(request),
		);
	});
};

/** @returns what went wrong with it */
const openRecord = async (
	port: OperationPort,
	begun: Begun,
): Promise<string[]> => {
	if (begun.context === undefined) return [];
	try {
		await port.openRecovery(begun, begun.context);
		return [];
	} catch (error) {
		return [`it was not registered: ${port.errorText(error)}`];
	}
};

/** @returns why the operation is not begun; empty when nothing speaks against it */
const hooksBefore = async (
	port: OperationPort,
	begun: Begun,
	report: (each: StepReport) => void,
): Promise<string> => {
	if (begun.context === undefined) return "";
	for (const list of begun.before) {
		try {
			const ran = await port.hooks(begun, begun.context, list);
			report(ran);
			if (ran.outcome !== "done")
				return `a ${list} hook failed: nothing was changed`;
		} catch (error) {
			if (!port.isInterruption(error)) throw error;
			return `ended while ${list} ran: nothing was changed`;
		}
	}
	return "";
};

/** Without what only its planner and its interpreter need. */
const asRun = ({ name, steps, changesPrimary }: Phase): RunPhase => ({
	name,
	steps: steps.map(({ undo, because, ...step }) => step as Step),
	...(changesPrimary === undefined ? {} : { changesPrimary }),
});

const reportAll = (
	phases: readonly Phase[],
	ran: PhasesOutput,
	report: (each: StepReport) => void,
	isUndo = false,
): void => {
	for (const [nth, { answers }] of ran.entries())
		for (const [at, answer] of answers.entries()) {
			const step = phases[nth]?.steps[at];
			if (step !== undefined)
				report({
					...answer,
					name: isUndo ? `undo:${step.do}` : step.do,
					on: step.on,
				});
		}
};

const planPort = (
	port: OperationPort,
	request: OperationRequest,
	begun: Begun,
	report: (each: StepReport) => void,
): PlanPort => ({
	run: async (phases, plan, isUndo, ahead) => {
		port.show.begin(phases);
		const ran = await port.runPhases({
			claim: begun.claim,
			clusterAlias: begun.clusterAlias,
			phases: phases.map(asRun),
			credentialFrom: credentialFrom(plan),
			...(ahead === undefined ? {} : { onwards: { request, done: ahead } }),
		});
		reportAll(phases, ran, report, isUndo);
		return ran;
	},
	replan: (done) => port.replan(begun, done),
	account: (on) => port.account(begun, on),
	primaryChanged: (change) => port.primaryChanged(begun, change),
	goOn: () => port.goOn(),
	shielded: (work) => port.shielded(work),
	isInterruption: (error) => port.isInterruption(error),
	show: (plan) => port.show.plan(plan),
});

const conclude = async (
	port: OperationPort,
	request: OperationRequest,
	begun: Begun,
	result: RunResult,
	steps: readonly StepReport[],
	isRecordOpened: boolean,
): Promise<Concluded> => {
	const { claim, clusterName, clusterAlias, subject, context } = begun;
	const { state, says, changed, left, failed, errors, notes, plan } = result;
	const concluded = await port.conclude({
		claim,
		request,
		about: { clusterName, clusterAlias, subject },
		...(context === undefined ? {} : { context }),
		isRecorded: isRecordOpened,
		ending: {
			state,
			says: [says, ...begun.restored].join("; "),
			changed,
			left,
			failed,
			errors,
			notes,
			loss: plan.loss.says,
			successor: plan.successor ?? "",
			...(plan.settlesFence === undefined || !isDecided(result)
				? {}
				: { settlesFence: plan.settlesFence }),
			steps,
			unsettled: unsettledIn(result.done),
		},
	});
	port.show.end(concluded.outcome.says);
	return concluded;
};

/** What a plan says of a fence holds when it is through, or when it is a refusal; not when it failed on its way. */
const isDecided = ({ state, plan }: RunResult): boolean =>
	state === "succeeded" || plan.refusal !== undefined;

const refusedAs = (plan: Plan, says: string): RunResult => ({
	state: "refused",
	says,
	changed: false,
	interrupted: false,
	plan,
	done: [],
	left: [],
	failed: [],
	notes: plan.notes,
	errors: [],
});

/** Where a process that takes the operation over finds the replication account. */
const credentialFrom = (plan: Plan): readonly InstanceName[] =>
	plan.phases
		.flatMap((each) => each.steps)
		.flatMap((each) => (each.do === "findCredential" ? each.from : []));
