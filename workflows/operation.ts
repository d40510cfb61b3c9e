import {
	ActivityFailure,
	ApplicationFailure,
	CancellationScope,
	ChildWorkflowFailure,
	isCancellation,
	setCurrentDetails,
	upsertSearchAttributes,
	workflowInfo,
} from "@temporalio/workflow";
import type { Claimed, HookList } from "../activities/operation-activities.ts";
import type {
	StepActivities,
	StepInput,
} from "../activities/step-activities.ts";
import { BatonError } from "../src/errors.ts";
import type { HookContext } from "../src/hooks/placeholders.ts";
import type { Seen } from "../src/mysql/replication-steps.ts";
import type {
	OperationKind,
	OperationOutcome,
	OperationRequest,
	StepReport,
} from "../src/planning/operation.ts";
import { NO_COORDINATES } from "../src/topology/instance.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import { operationWorkflowId } from "../temporal/names.ts";
import { forwarding, hooks, operations, steps } from "./activities.ts";

/** What the entity starts an operation with. A person who starts the workflow type by hand gives only the request's own fields. */
export interface Owned {
	/** Set by the entity. */
	readonly identity?: string;
	/** Run of an operation that this one pre-empted and whose claim it takes over. */
	readonly preempt?: string;
}

/** Steps on one server. */
type SingleStep = Exclude<keyof StepActivities, "stopReceivers">;

/** What a step is told beyond {@link StepInput}. */
type Extra<I> = Omit<StepActivityInput<I>, keyof StepInput>;
type StepActivityInput<I> = I extends (input: infer A) => unknown ? A : never;

/**
 * The operation in progress: its claim, its steps so far, and how both are shown in the Temporal UI. Steps are recorded in the
 * order in which they end; several may run at once.
 */
export class Operation {
	readonly steps: StepReport[] = [];
	readonly errors: string[] = [];
	private readonly running = new Map<string, InstanceName>();
	private readonly kind: OperationKind;
	private readonly identity: string;
	private title = "";
	private state: Claimed | undefined;

	constructor(kind: OperationKind, identity: string) {
		this.kind = kind;
		this.identity = identity;
	}

	get claimed(): Claimed {
		if (this.state === undefined)
			throw ApplicationFailure.nonRetryable("not claimed yet", "Internal");
		return this.state;
	}

	/** Takes the cluster and looks at it, at once. */
	async begin(preempt: string | undefined): Promise<Snapshot> {
		const { workflowId, runId } = workflowInfo();
		const [claimed, snapshot] = await Promise.all([
			operations.claim.executeWithOptions(
				{ summary: `take cluster ${this.identity}` },
				[
					{
						identity: this.identity,
						kind: this.kind,
						workflowId,
						runId,
						...(preempt === undefined ? {} : { preempt }),
					},
				],
			),
			this.look(),
		]);
		this.state = claimed;
		return snapshot;
	}

	look(): Promise<Snapshot> {
		return operations.look.executeWithOptions(
			{
				summary: `look at every server of ${this.identity}`,
				startToCloseTimeout: "15 s",
			},
			[{ identity: this.identity }],
		);
	}

	/** One line above the check-list in the UI. */
	says(title: string): void {
		this.title = title;
		this.show();
	}

	/** Runs one step and keeps its report. */
	async step<K extends SingleStep>(
		name: K,
		on: InstanceName,
		extra: Extra<StepActivities[K]>,
		called: string = name,
	): Promise<Seen> {
		const startedAtMs = Date.now();
		const key = `${called} ${on}`;
		this.running.set(key, on);
		this.show();
		const { epoch, uid } = this.claimed;
		const input = {
			identity: this.identity,
			epoch,
			uid,
			step: called,
			on,
			...extra,
		};
		try {
			const seen = await (
				steps[name] as unknown as StepProxy
			).executeWithOptions({ summary: key }, [input]);
			this.report({
				name: called,
				on,
				status: seen.status,
				says: seen.says,
				startedAtMs,
				endedAtMs: Date.now(),
			});
			return seen;
		} finally {
			this.running.delete(key);
			this.show();
		}
	}

	/** Stops the receivers of all of them, in one hop. Answers in their order. */
	async stopReceivers(instances: readonly InstanceName[]): Promise<Seen[]> {
		const startedAtMs = Date.now();
		const { epoch, uid } = this.claimed;
		const seen = await steps.stopReceivers.executeWithOptions(
			{ summary: `stopReceiver ${instances.join(", ")}` },
			[{ identity: this.identity, epoch, uid, instances }],
		);
		const endedAtMs = Date.now();
		for (const [at, on] of instances.entries()) {
			const { status, says } = seen[at] ?? {
				status: "failed",
				says: "no answer",
			};
			this.report({
				name: "stopReceiver",
				on,
				status,
				says,
				startedAtMs,
				endedAtMs,
			});
		}
		return seen;
	}

	report(report: StepReport): void {
		this.steps.push(report);
		if (report.status === "failed" || report.status === "refused")
			this.errors.push(`${report.name} ${report.on}: ${report.says}`);
	}

	/** A sentence into the record and the check-list. */
	async note(says: string): Promise<void> {
		this.report({
			name: "note",
			on: "",
			status: "done",
			says,
			startedAtMs: Date.now(),
			endedAtMs: Date.now(),
		});
		this.show();
		await operations.note.executeWithOptions({ summary: says.slice(0, 180) }, [
			{ uid: this.claimed.uid, says },
		]);
	}

	/** @returns whether the list succeeded; an empty list does. */
	async hooks(
		list: HookList,
		context: Omit<
			HookContext,
			| "orchestratorHost"
			| "autoMasterRecovery"
			| "autoIntermediateMasterRecovery"
		>,
	): Promise<boolean> {
		if (!this.claimed.hooks.includes(list)) return true;
		const startedAtMs = Date.now();
		try {
			const ran = await hooks.runHooks.executeWithOptions({ summary: list }, [
				{ uid: this.claimed.uid, list, context },
			]);
			this.report({
				name: list,
				on: "",
				status: ran.succeeded ? "done" : "failed",
				says: ran.says,
				startedAtMs,
				endedAtMs: Date.now(),
			});
			return ran.succeeded;
		} catch (error) {
			if (isCancellation(error)) throw error;
			this.report({
				name: list,
				on: "",
				status: "failed",
				says: `the hooks were cut off: ${textOf(error)}`,
				startedAtMs,
				endedAtMs: Date.now(),
			});
			return false;
		}
	}

	/** An outcome with everything that every operation tells; the rest is given. */
	outcome(
		part: Partial<OperationOutcome> &
			Pick<OperationOutcome, "successful" | "says">,
	): OperationOutcome {
		const { workflowId, runId } = workflowInfo();
		return {
			kind: this.kind,
			uid: this.state?.uid ?? "",
			identity: this.identity,
			clusterName: this.state?.clusterName ?? "",
			clusterAlias: this.state?.clusterAlias ?? "",
			workflowId,
			runId,
			attempted: true,
			analysis: "",
			failed: "",
			successor: "",
			successorCoordinates: NO_COORDINATES,
			replicas: [],
			lostReplicas: [],
			participating: [
				...new Set(this.steps.map((each) => each.on).filter((on) => on !== "")),
			],
			steps: this.steps,
			errors: this.errors,
			loss: "",
			...part,
		};
	}

	private show(): void {
		const done = this.steps.map(
			(each) =>
				`- [${each.status === "failed" || each.status === "refused" ? "!" : "x"}] **${each.name}** ${each.on}: ${each.says} (${each.endedAtMs - each.startedAtMs} ms)`,
		);
		const open = [...this.running.keys()].map((key) => `- [ ] **${key}** …`);
		setCurrentDetails([this.title, "", ...done, ...open].join("\n"));
	}
}

interface StepProxy {
	executeWithOptions(
		options: { summary: string },
		args: [object],
	): Promise<Seen>;
}

/** What went wrong, in the words of the innermost failure. */
export const textOf = (error: unknown): string => {
	let at: unknown = error;
	while (at instanceof ActivityFailure && at.cause !== undefined) at = at.cause;
	return at instanceof Error ? at.message : String(at);
};

/** A failed child as the failure that its caller is told: the catalogue's code as type. */
export const failureOf = (error: unknown): ApplicationFailure => {
	let at: unknown = error;
	while (
		(at instanceof ChildWorkflowFailure || at instanceof ActivityFailure) &&
		at.cause !== undefined
	)
		at = at.cause;
	if (at instanceof ApplicationFailure)
		return ApplicationFailure.nonRetryable(
			at.message,
			at.type ?? "OperationFailed",
		);
	return ApplicationFailure.nonRetryable(
		isCancellation(error)
			? "a failover of the cluster took precedence"
			: textOf(at),
		isCancellation(error) ? "Superseded" : "OperationFailed",
	);
};

/**
 * Frame of every operation: it belongs to the entity (or asks it), is shown, and lets go of the cluster however it ends. A
 * failure before the body has an outcome becomes an outcome that says so.
 */
export const runOperation = async (
	kind: OperationKind,
	input: Owned,
	request: OperationRequest,
	body: (operation: Operation) => Promise<OperationOutcome>,
): Promise<OperationOutcome> => {
	const { workflowId, runId } = workflowInfo();
	const { identity } = input;
	if (identity === undefined || workflowId !== operationWorkflowId(identity))
		return forwarding.askEntity.executeWithOptions(
			{ summary: `ask the cluster's entity for a ${kind}` },
			[request],
		);
	upsertSearchAttributes({
		BatonCluster: [identity],
		BatonOperation: [kind],
		BatonState: ["running"],
	});
	const operation = new Operation(kind, identity);
	let outcome: OperationOutcome;
	try {
		outcome = await body(operation);
	} catch (error) {
		await CancellationScope.nonCancellable(() =>
			operations.release({ identity, runId }),
		);
		if (isCancellation(error)) {
			upsertSearchAttributes({ BatonState: ["cancelled"] });
			throw error;
		}
		upsertSearchAttributes({ BatonState: ["failed"] });
		if (error instanceof BatonError)
			throw ApplicationFailure.nonRetryable(error.message, error.code);
		throw error;
	}
	upsertSearchAttributes({
		BatonState: [outcome.successful ? "succeeded" : "failed"],
	});
	operation.says(outcome.says);
	return outcome;
};
