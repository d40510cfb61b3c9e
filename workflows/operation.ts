import {
	ApplicationFailure,
	isCancellation,
	setCurrentDetails,
	workflowInfo,
} from "@temporalio/workflow";
import type { Claimed } from "../activities/claim-activities.ts";
import type { HookList } from "../activities/hook-activities.ts";
import type {
	StepActivities,
	StepInput,
} from "../activities/step-activities.ts";
import type { HookContext } from "../src/hooks/placeholders.ts";
import type { Seen } from "../src/mysql/seen.ts";
import type {
	OperationKind,
	OperationOutcome,
	StepReport,
} from "../src/planning/operation.ts";
import { NO_COORDINATES } from "../src/topology/instance.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import { beginning, hooks, operations, steps } from "./activities.ts";
import { textOf } from "./failures.ts";

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
	readonly identity: string;
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

	/** Of its record; empty before it holds the cluster. */
	get uid(): string {
		return this.state?.uid ?? "";
	}

	/** Takes the cluster and looks at it, at once. */
	async begin(
		preempt: string | undefined,
		suspect?: InstanceName,
	): Promise<Snapshot> {
		const { workflowId, runId } = workflowInfo();
		const { claimed, snapshot } = await beginning.begin.executeWithOptions(
			{ summary: `take cluster ${this.identity} and look at every server` },
			[
				{
					identity: this.identity,
					kind: this.kind,
					workflowId,
					runId,
					...(preempt === undefined ? {} : { preempt }),
					...(suspect === undefined ? {} : { suspect }),
				},
			],
		);
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
	private outcome(
		part: Partial<OperationOutcome> &
			Pick<OperationOutcome, "successful" | "says">,
	): OperationOutcome {
		const { workflowId, runId } = workflowInfo();
		return {
			kind: this.kind,
			uid: this.uid,
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

	/**
	 * Records the end and lets go of the cluster.
	 * @param record whether a recovery's row was opened, and whom to downtime as lost
	 */
	async conclude(
		part: Partial<OperationOutcome> &
			Pick<OperationOutcome, "successful" | "says">,
		record: {
			readonly recovery: boolean;
			readonly downtime?: readonly InstanceName[];
		} = { recovery: false },
	): Promise<OperationOutcome> {
		const outcome = this.outcome(part);
		await operations.conclude.executeWithOptions(
			{ summary: "record the end, let go of the cluster" },
			[
				{
					outcome,
					recovery: record.recovery,
					downtime: record.downtime ?? [],
				},
			],
		);
		return outcome;
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
