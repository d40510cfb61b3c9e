import { ApplicationFailure } from "@temporalio/workflow";
import type {
	AnalysisChange,
	Finding,
	Started,
} from "../src/analysis/finding.ts";
import { errors } from "../src/errors.ts";
import { mayBeDoingOf } from "../src/operations/own-doing.ts";
import {
	callsForFailover,
	isStarted,
} from "../src/operations/recovery-request.ts";
import { mayPreempt } from "../src/operations/severity.ts";
import {
	instancesNamedBy,
	isForced,
	type OperationRequest,
} from "../src/planning/operation.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { Carried, Known, LastOperation, Running } from "./cluster-told.ts";
import { asFailure } from "./failures.ts";

/**
 * What the entity knows.
 * 1. At most one operation runs.
 * 2. A finding waits to be considered once each time it is told, and is dropped when a newer telling does not have it.
 */
export class ClusterState {
	private findings: Finding[];
	private readonly waiting = new Set<InstanceName>();
	private readonly back: Set<InstanceName>;
	/** Whom the servers have for their primary in place of the recorded one. */
	private moved: InstanceName | undefined;
	private readonly verdicts: Map<InstanceName, string>;
	private running: Running | undefined;
	private last: LastOperation | undefined;
	private lastRunId: string;
	/** The last that was heard of: they have one workflow id, so that one before it is over. */
	private started: Started | undefined;
	/** Of the cluster; empty until it is told. */
	alias: string;

	constructor(carried: Carried | undefined) {
		this.alias = carried?.alias ?? "";
		this.findings = [...(carried?.findings ?? [])];
		this.back = new Set(carried?.returned ?? []);
		this.moved = carried?.moved;
		this.last = carried?.last;
		this.lastRunId = carried?.lastRunId ?? "";
		this.verdicts = new Map(
			Object.entries(carried?.verdicts ?? {}) as [InstanceName, string][],
		);
	}

	get isFree(): boolean {
		return this.running === undefined;
	}

	/**
	 * The operation may end the running one; see {@link mayPreempt}. A failover that comes no further gives way only to a person who
	 * forces one: the same begun anew by itself would wait for the same.
	 */
	givesWayTo(kind: string, isForced = false): boolean {
		if (this.running === undefined) return false;
		return (
			mayPreempt(kind, this.running.request.kind) ||
			(isForced && this.overdueSays !== "")
		);
	}

	/** A person forces a failover while another one runs, which may be refused in a moment. One that comes no further is pushed aside. */
	isOvertakenBy(request: OperationRequest): boolean {
		return (
			isForced(request) &&
			this.running?.request.kind === request.kind &&
			!this.givesWayTo(request.kind, true)
		);
	}

	get runId(): string | undefined {
		return this.running?.runId;
	}

	get hasWork(): boolean {
		return (
			this.considerable().length > 0 ||
			(this.isFree &&
				(this.back.size > 0 ||
					this.moved !== undefined ||
					this.started !== undefined))
		);
	}

	/**
	 * Findings that wait and may be considered now. While an operation runs only what would push it aside is: the rest may well be
	 * what the operation does. What surely is not does not wait for one that is overdue.
	 */
	private considerable(): Finding[] {
		const waiting = this.findings.filter((each) =>
			this.waiting.has(each.instance),
		);
		const { running } = this;
		if (running === undefined) return waiting;
		const isWeak = this.givesWayTo("recovery");
		const isOverdue = this.overdueSays !== "";
		return waiting.filter(
			(each) =>
				(isWeak && callsForFailover(each)) ||
				(isOverdue && !mayBeDoingOf(running.request, each)),
		);
	}

	heard(change: AnalysisChange): void {
		this.findings = [...change.findings];
		this.waiting.clear();
		for (const finding of change.findings) {
			if (finding.recovery !== "none") this.waiting.add(finding.instance);
		}
		if (isStarted(change.started)) this.heardStarted(change.started);
		for (const instance of [...this.verdicts.keys()])
			if (!change.findings.some((each) => each.instance === instance))
				this.verdicts.delete(instance);
	}

	/** An operation runs that was started elsewhere. One that is followed, or was, is no news. */
	follows(started: Started): void {
		const known = [this.running?.runId, this.lastRunId];
		if (!known.includes(started.runId)) this.started = started;
	}

	/** What it acts on has been weighed. */
	private heardStarted(started: Started): void {
		this.follows(started);
		for (const instance of instancesNamedBy(started.request)) {
			this.waiting.delete(instance);
			this.verdicts.set(instance, started.says);
		}
	}

	/** An operation that was started for this cluster elsewhere, and that is to be followed now. */
	nextStarted(): Started | undefined {
		if (!this.isFree) return undefined;
		const { started } = this;
		this.started = undefined;
		return started;
	}

	returned(instance: InstanceName): void {
		this.back.add(instance);
	}

	primaryMoved(instance: InstanceName): void {
		this.moved = instance;
	}

	/** A failure that can be acted on comes first. */
	nextFinding(): Finding | undefined {
		const waiting = this.considerable();
		const next = waiting.find(callsForFailover) ?? waiting[0];
		if (next === undefined) return undefined;
		this.waiting.delete(next.instance);
		return next;
	}

	/** What is to be put in order when nothing else is to be done: who is the primary, before who follows it. */
	nextRepair(cluster: string): OperationRequest | undefined {
		if (!this.isFree) return undefined;
		const { moved } = this;
		this.moved = undefined;
		if (moved !== undefined)
			return { kind: "adoption", cluster, instance: moved, byServers: true };
		const [instance] = this.back;
		if (instance === undefined) return undefined;
		this.back.delete(instance);
		return { kind: "rejoin", cluster, instance };
	}

	/** Nothing could be decided about it: it waits once more, unless it is over or was told anew. */
	again(finding: Finding): void {
		if (this.findings.includes(finding)) this.waiting.add(finding.instance);
	}

	weighed(finding: Finding, says: string): void {
		this.verdicts.set(finding.instance, says);
	}

	began(request: OperationRequest, nowMs: number): void {
		this.running = { request, sinceMs: nowMs, runId: "" };
	}

	startedRun(runId: string): void {
		if (this.running !== undefined) this.running.runId = runId;
	}

	/** The running operation does not come to its end by itself. */
	gaveUp(runId: string, says: string): void {
		if (this.running?.runId === runId) this.running.givenUp = says;
	}

	/** The running operation comes no further; empty when it does again. */
	overdue(runId: string, says: string): void {
		if (this.running?.runId !== runId) return;
		const { overdue, ...running } = this.running;
		this.running = says === "" ? running : { ...running, overdue: says };
	}

	get overdueSays(): string {
		return this.running?.overdue ?? "";
	}

	get givenUp(): ApplicationFailure | undefined {
		const says = this.running?.givenUp;
		return says === undefined
			? undefined
			: ApplicationFailure.nonRetryable(says, "OperationFailed");
	}

	/** @param hasEnded false when who waited for it was lost: it may run on, and is followed again then */
	ended(
		says: string,
		nowMs: number,
		{ hasEnded = true, successful = false } = {},
	): void {
		if (this.running !== undefined) {
			this.last = {
				kind: this.running.request.kind,
				says,
				endedAtMs: nowMs,
				successful,
			};
			if (hasEnded) this.lastRunId = this.running.runId;
		}
		this.running = undefined;
		// A failure that stands is told again by the watcher; what was heard before the operation is out of date.
		this.waiting.clear();
	}

	/** Whoever waited for its end is told, where it did what they asked for. @returns undefined where it did not */
	doneMeanwhile(): ApplicationFailure | undefined {
		return this.last?.successful === true
			? asFailure(errors.recoveredMeanwhile({ says: this.last.says }))
			: undefined;
	}

	busy(): ApplicationFailure {
		return asFailure(
			errors.busy({
				kind: this.running?.request.kind ?? "operation",
				startedAt: new Date(this.running?.sinceMs ?? 0),
				workflow: "it",
			}),
		);
	}

	/** For whoever tells of it. */
	get known(): Known {
		const { alias, findings, verdicts, back, moved, running, last, lastRunId } =
			this;
		return {
			alias,
			findings,
			verdicts,
			returned: back,
			moved,
			running,
			last,
			lastRunId,
		};
	}
}
