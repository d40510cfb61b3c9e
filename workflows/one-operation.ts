import {
	CancellationScope,
	condition,
	isCancellation,
	sleep,
} from "@temporalio/workflow";
import type { Started } from "../src/analysis/finding.ts";
import type { Concluded } from "../src/engine/contract.ts";
import { requestText } from "../src/operations/recovery-request.ts";
import { isForced, type OperationRequest } from "../src/planning/operation.ts";
import { outside } from "./activities.ts";
import type { ClusterState } from "./cluster-state.ts";
import {
	failureOf,
	isLostSight,
	isTerminated,
	isUndone,
	notChecked,
} from "./failures.ts";
import {
	isTaken,
	type Running,
	runningElsewhere,
	startOperation,
	taken,
} from "./running-operation.ts";
import { watchOver } from "./watch-over.ts";

/** How long a failover waits for what it pushes aside: to be taken back, or to end when it is past its point of no return. */
const PREEMPT_WITHIN = "30 s";

/** How long a failover that a person forces waits for one that runs: those that are refused mostly are by then. */
const REFUSED_WITHIN = "800 ms";

/** How long the end of an ended run is waited for. */
const ENDED_WITHIN = "10 s";

/** What could not be ended is ended again. */
const END_AGAIN_AFTER = "10 s";

/** The one operation that a cluster's entity runs, follows, watches and ends. */
export const createOneOperation = (
	identity: string,
	state: ClusterState,
	show: () => void,
) => {
	let scope: CancellationScope | undefined;
	let current: Running | undefined;
	let ending: { readonly runId: string; readonly done: Promise<void> } = {
		runId: "",
		done: Promise.resolve(),
	};

	const endFor = async (runId: string, because: string): Promise<void> => {
		for (;;)
			try {
				const says = await outside.endOperation(`end ${runId}`, {
					identity,
					runId,
					because,
				});
				state.gaveUp(runId, says);
				show();
				return;
			} catch {
				// A store or a Temporal that is away is waited for: the activity's own failures tell of it.
				await sleep(END_AGAIN_AFTER);
			}
	};

	/** Ends a run with its record and its claim, once, whatever becomes of who asks for it. */
	const end = (runId: string, because: string): Promise<void> => {
		if (ending.runId !== runId)
			ending = {
				runId,
				done: CancellationScope.nonCancellable(() => endFor(runId, because)),
			};
		return ending.done;
	};

	const watched = (runId: string): Promise<void> =>
		watchOver(identity, runId, {
			quiet: (says) => {
				state.overdue(runId, says);
				show();
			},
			stuck: (says) => end(runId, `was ended, since ${says}`),
		});

	/** An operation runs that this entity has not heard of: it is followed as soon as the cluster is free. */
	const adopt = async (): Promise<void> => {
		const started = await outside
			.runningOperation("see whether an operation runs", { identity })
			.catch((error: unknown) => {
				if (isCancellation(error)) throw error;
				return undefined;
			});
		if (started !== undefined) state.follows(started);
	};

	/** An operation that was started elsewhere is this entity's to push aside, whether it was told of it or not. */
	const takeUp = async (): Promise<void> => {
		if (!state.isFree) return;
		await adopt();
		const started = state.nextStarted();
		if (started !== undefined) followStarted(started);
		// Before that it could not be asked to end.
		await condition(() => state.runId !== "");
	};

	/** Why it ended without an answer. Nothing else begins before its claim and its record are closed. */
	const failed = async (error: unknown, runId: string) => {
		if (isTaken(error)) {
			await adopt();
			return taken(identity);
		}
		if (runId !== "" && isTerminated(error)) await end(runId, "was terminated");
		return state.givenUp ?? failureOf(error);
	};

	/** The caller has made sure that the cluster is free. */
	const follow = async (
		request: OperationRequest,
		start: () => Promise<Running>,
	): Promise<Concluded> => {
		state.began(request, Date.now());
		show();
		scope = new CancellationScope();
		// Cancelling the operation does not end it.
		const watch = new CancellationScope();
		let runId = "";
		try {
			const concluded = await scope.run(async () => {
				const running = await start();
				({ runId } = running);
				current = running;
				state.startedRun(runId);
				// It ends with the operation, and by nothing else.
				watch.run(() => watched(runId)).catch(() => undefined);
				return running.result();
			});
			state.ended(concluded.outcome.says, Date.now(), {
				successful: concluded.outcome.successful,
			});
			return concluded;
		} catch (error) {
			const failure = await failed(error, runId);
			const hasEnded = !isLostSight(error);
			state.ended(failure.message, Date.now(), { hasEnded });
			if (!hasEnded) adopt().catch(() => undefined);
			throw failure;
		} finally {
			scope = undefined;
			current = undefined;
			watch.cancel();
			show();
		}
	};

	const followStarted = (started: Started): void => {
		follow(started.request, async () =>
			runningElsewhere(identity, started),
		).catch(() => undefined);
	};

	const cancel = async (): Promise<void> => {
		if (current?.cancel === undefined) return scope?.cancel();
		// One that has ended meanwhile cannot be asked, and is waited for all the same.
		await current.cancel().catch(() => undefined);
	};

	/** It was to end and has not. @returns why it would never do so; empty when it still may */
	const hanging = async (runId: string): Promise<string> => {
		if (state.overdueSays !== "") return state.overdueSays;
		return outside
			.lookOnce(`look at ${runId} from outside`, { identity, runId })
			.catch((error: unknown) => {
				if (isCancellation(error)) throw error;
				return "";
			});
	};

	const endHanging = async (runId: string): Promise<void> => {
		const says = await hanging(runId);
		if (says === "" || state.runId !== runId) return;
		await end(runId, `was ended for a failover, since ${says}`);
		await condition(() => state.runId !== runId, ENDED_WITHIN);
	};

	return {
		adopt,

		run: (
			request: OperationRequest,
			preempted: string | undefined,
			asked: string | undefined,
		): Promise<Concluded> =>
			follow(request, () =>
				startOperation(identity, {
					alias: state.alias,
					request,
					preempt: preempted,
					asked,
				}),
			),

		/** What nobody asked for: its failure is in its own history and in the state, nobody waits for it. */
		runUnasked: (request: OperationRequest, preempted?: string): void => {
			follow(request, () =>
				startOperation(identity, {
					alias: state.alias,
					request,
					startsHooks: true,
					preempt: preempted,
				}),
			).catch(() => undefined);
		},

		followStarted,
		takeUp,

		/**
		 * A failover that Baton tries again and again does not send away a person who forces one.
		 * @throws ApplicationFailure when the other one has succeeded meanwhile
		 */
		awaitRefusal: async (request: OperationRequest): Promise<void> => {
			if (!state.isOvertakenBy(request)) return;
			if (!(await condition(() => state.isFree, REFUSED_WITHIN))) return;
			const done = state.doneMeanwhile();
			if (done !== undefined) throw done;
		},

		/**
		 * What would be refused in the end pushes nothing aside.
		 * @throws ApplicationFailure
		 */
		checkBeforePush: async (
			request: OperationRequest,
			asked: string | undefined,
		): Promise<void> => {
			if (!isForced(request) || !state.givesWayTo(request.kind, true)) return;
			try {
				await outside.checkRequest(
					`see whether anything speaks against ${requestText(request)}`,
					{ identity, request, ...(asked === undefined ? {} : { asked }) },
				);
			} catch (error) {
				throw isUndone(error) ? notChecked(error) : failureOf(error);
			}
		},

		/**
		 * Frees the cluster for a failover. What neither takes itself back nor comes any further is ended as it is: what it has stopped,
		 * or opened, is taken up by the failover.
		 * @returns the run whose claim may be taken over
		 */
		preempt: async (isForced: boolean): Promise<string | undefined> => {
			if (!state.givesWayTo("recovery", isForced)) return undefined;
			const { runId } = state;
			await cancel();
			const isFree = await condition(() => state.isFree, PREEMPT_WITHIN);
			if (!isFree && runId !== undefined && state.runId === runId)
				await endHanging(runId);
			return runId;
		},
	};
};
