import {
	ApplicationFailure,
	allHandlersFinished,
	CancellationScope,
	condition,
	continueAsNew,
	defineQuery,
	defineUpdate,
	isCancellation,
	setHandler,
	upsertSearchAttributes,
	workflowInfo,
} from "@temporalio/workflow";
import type { RollingPlan, RollingStep } from "../src/rolling/next-server.ts";
import {
	hasEnded,
	type RollingOrder,
	type RollingStatus,
} from "../src/rolling/status.ts";
import { asSummary } from "../temporal/markdown.ts";
import {
	LONGEST_ALIAS,
	QUERIES,
	rollingWorkflowId,
	UPDATES,
} from "../temporal/names.ts";
import { rolling, rollingWaits } from "./activities.ts";
import { textOf } from "./failures.ts";
import { checkInput, isText } from "./inputs.ts";
import { createRollingAsking } from "./rolling-asking.ts";
import { isStatus, RollingState } from "./rolling-state.ts";
import { createRollingTurn, LENGTHEN_EVERY, roundMs } from "./rolling-turn.ts";

const begin = defineUpdate<RollingStatus, []>(UPDATES.beginRolling);
const tell = defineUpdate<
	RollingStatus,
	[{ readonly order: RollingOrder; readonly by: string }]
>(UPDATES.tellRolling);
const status = defineQuery<RollingStatus>(QUERIES.status);

/** History events after which it continues as new, between two parts. */
const MOST_EVENTS = 2_000;

interface RollingInput {
	/** Of the cluster. */
	readonly identity: string;
	readonly requestedBy?: string;
	/** What for. */
	readonly reason?: string;
	/** Of the run before it. */
	readonly carried?: RollingStatus;
	/** How many operations were asked for: each has an id of its own. */
	readonly asked?: number;
}

const firstStatus = ({
	identity,
	requestedBy,
	reason,
}: RollingInput): RollingStatus => ({
	identity,
	clusterName: "",
	clusterAlias: "",
	workflowId: workflowInfo().workflowId,
	requestedBy: isText(requestedBy) ? requestedBy : "Temporal",
	reason: isText(reason) ? reason : "",
	phase: "running",
	says: "looking at the cluster",
	beganAtMs: Date.now(),
	saysSinceMs: Date.now(),
	done: [],
	current: null,
	toCome: [],
});

/**
 * One server after another is taken out, its hook runs, it comes back and catches up; the primary last, when a server that was done has
 * taken over. It holds the cluster at no time: what changes the topology are operations that it asks the cluster's entity for, so that a
 * failover comes first as always, and the cluster is looked at anew before each server.
 */
export const rollingMaintenance = async (
	input: RollingInput,
): Promise<RollingStatus> => {
	checkInput("rollingMaintenance", input, {
		identity: isText,
		carried: (carried) => carried === undefined || isStatus(carried),
	});
	const { workflowId, firstExecutionRunId } = workflowInfo();
	if (workflowId !== rollingWorkflowId(input.identity))
		throw ApplicationFailure.nonRetryable(
			`the rolling maintenance of a cluster has the workflow id ${rollingWorkflowId(input.identity)}, so that there is one of it`,
			"BadInput",
		);
	const state = new RollingState(input.carried ?? firstStatus(input));
	const { identity, reason } = state.status;
	const asking = createRollingAsking({
		state,
		reason,
		runId: firstExecutionRunId,
		asked: input.asked ?? 0,
	});
	const { show, audit, lengthen, stuck, ask } = asking;
	const goOnWith = createRollingTurn({
		identity,
		reason,
		state,
		asking,
		runId: firstExecutionRunId,
	});
	/** Undefined until the first look has said whether it goes ahead. */
	let plan: RollingPlan | undefined;

	setHandler(status, () => state.status);
	setHandler(
		begin,
		async () => {
			await condition(() => plan !== undefined);
			const refusals = plan?.refusals ?? [];
			if (refusals.length > 0)
				throw ApplicationFailure.nonRetryable(refusals.join("; "), "Refused");
			return state.status;
		},
		{
			validator: () => {
				if (plan === undefined && input.carried === undefined) return;
				throw ApplicationFailure.nonRetryable(
					`a rolling maintenance of this cluster has begun ${new Date(state.status.beganAtMs).toISOString()} and is ${state.status.phase}; see rolling-maintenance-status`,
					"Refused",
				);
			},
		},
	);
	setHandler(
		tell,
		async ({ order, by }) => {
			state.told(order, by, Date.now());
			await show();
			return state.status;
		},
		{ validator: (told) => state.check(told?.order) },
	);

	/** Between two parts, and whenever something waits: whether it may go on. A pause is waited through; the downtime goes on meanwhile. */
	const mayGoOn = async (): Promise<boolean> => {
		state.settle(Date.now());
		if (state.isHeld) await show();
		while (state.isHeld) {
			const goesOn = await condition(() => !state.isHeld, LENGTHEN_EVERY);
			if (!goesOn) await lengthen();
		}
		return !state.isCancelled;
	};

	/** A round of waiting that is broken off when a person says something. Undefined when it was. */
	const unlessTold = async <T>(
		work: () => Promise<T>,
	): Promise<T | undefined> => {
		const scope = new CancellationScope();
		const watch = new CancellationScope();
		watch
			.run(() => condition(() => state.isWanted))
			.then(() => scope.cancel())
			.catch(() => undefined);
		try {
			return await scope.run(work);
		} catch (error) {
			if (isCancellation(error)) return undefined;
			throw error;
		} finally {
			watch.cancel();
		}
	};

	/** Looks at the cluster until the next step can be taken. Undefined when a person has said something, or when it cannot go on. */
	const nextStep = async (): Promise<RollingStep | undefined> => {
		const sinceMs = Date.now();
		for (let round = 0; ; round++) {
			const forMs = round === 0 ? 0 : roundMs(round - 1);
			const seen = await unlessTold(() =>
				rollingWaits.rollingNext.executeWithOptions(
					{ summary: "see who comes next" },
					[
						{
							identity,
							done: state.status.done.map((each) => each.server),
							forMs,
						},
					],
				),
			);
			if (seen === undefined) return undefined;
			const { step, toCome, waitMs } = seen;
			state.toCome(toCome);
			if (step.do !== "wait") return step;
			if (Date.now() - sinceMs >= waitMs) {
				await stuck(`nobody is taken out: ${step.says}`);
				return undefined;
			}
			state.waits(`waiting: ${step.says}`, Date.now());
			await show();
		}
	};

	/** The next part of the turn, or the next turn. @returns whether all is done */
	const advance = async (): Promise<boolean> => {
		const { current } = state.status;
		if (current !== null) {
			await goOnWith(current);
			return false;
		}
		const step = await nextStep();
		if (step === undefined || step.do === "wait") return false;
		if (step.do === "finish") return true;
		if (step.do === "takeover") {
			state.waits(`${step.to} takes over from ${step.from}`, Date.now());
			await show();
			await audit(`${step.to} takes over from ${step.from}`, step.from);
			await ask(
				{ kind: "takeover", cluster: identity, to: step.to, auto: true },
				`${step.to} takes over from ${step.from}`,
			);
			return false;
		}
		state.waits("", Date.now());
		state.turn({
			server: step.server,
			part: "moveAway",
			sinceMs: Date.now(),
			replicas: step.replicas,
			below: step.below,
			hookRun: 0,
			hookSays: "",
		});
		await show();
		return false;
	};

	const carryOnAsNew = async (): Promise<void> => {
		const info = workflowInfo();
		if (!info.continueAsNewSuggested && info.historyLength < MOST_EVENTS)
			return;
		await condition(allHandlersFinished);
		await continueAsNew<typeof rollingMaintenance>({
			identity,
			carried: state.status,
			asked: asking.asked(),
		});
	};

	const run = async (): Promise<void> => {
		while (await mayGoOn()) {
			await carryOnAsNew();
			try {
				if (await advance()) {
					state.says("done", "every server was done", Date.now());
					return;
				}
			} catch (error) {
				if (isCancellation(error)) throw error;
				// Nothing is out yet: whoever resumes it has the cluster looked at anew.
				if (state.status.current?.part === "moveAway") state.turn(null);
				await stuck(textOf(error));
			}
		}
		const { current } = state.status;
		state.says(
			"cancelled",
			current === null
				? state.status.says
				: `${state.status.says}; ${current.server} is out, and downtimed still: bring it back, and end its downtime`,
			Date.now(),
		);
	};

	const lookFirst = (): Promise<
		Awaited<ReturnType<typeof rolling.rollingPlan>>
	> =>
		rolling.rollingPlan
			.executeWithOptions({ summary: asSummary(`look at ${identity}`) }, [
				{ identity },
			])
			.catch((error: unknown) => ({
				clusterName: "",
				clusterAlias: "",
				turns: [],
				refusals: [textOf(error)],
				waits: [],
			}));

	const first = async (): Promise<void> => {
		const seen = await lookFirst();
		const { clusterName, clusterAlias, turns, refusals } = seen;
		state.status = { ...state.status, clusterName, clusterAlias };
		state.toCome(turns.map(({ server }) => server));
		if (clusterAlias !== "")
			upsertSearchAttributes({
				BatonAlias: [clusterAlias.slice(0, LONGEST_ALIAS)],
			});
		// What was refused is no maintenance: the one before it stays on record.
		if (refusals.length > 0)
			state.says("refused", refusals.join("; "), Date.now());
		else await show();
		plan = seen;
	};

	upsertSearchAttributes({
		BatonCluster: [identity],
		BatonOperation: ["rolling-maintenance"],
	});
	// From the Temporal UI: as a person's word, so that no server is left out that could be brought back.
	CancellationScope.current().cancelRequested.catch(() => {
		if (!hasEnded(state.status)) state.told("cancel", "Temporal", Date.now());
	});
	await CancellationScope.nonCancellable(async () => {
		if (input.carried === undefined) await first();
		if (!hasEnded(state.status)) await run();
		if (state.status.phase !== "refused") {
			await show();
			await audit(`${state.status.phase}: ${state.status.says}`);
			await rolling.forgetRolling.executeWithOptions(
				{ summary: "forget its hooks" },
				[{ key: firstExecutionRunId }],
			);
		}
		await condition(allHandlersFinished);
	});
	if (state.status.phase === "refused")
		throw ApplicationFailure.nonRetryable(state.status.says, "Refused");
	return state.status;
};
