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
import { errors } from "../src/errors.ts";
import type { RollingPlan } from "../src/rolling/next-server.ts";
import {
	hasEnded,
	type RollingStatus,
	type RollingWord,
} from "../src/rolling/status.ts";
import { leftOut } from "../src/rolling/text.ts";
import { asSummary } from "../temporal/markdown.ts";
import {
	LONGEST_ALIAS,
	QUERIES,
	rollingWorkflowId,
	UPDATES,
} from "../temporal/names.ts";
import { rolling } from "./activities.ts";
import { textOf } from "./failures.ts";
import { checkId, checkInput, isText } from "./inputs.ts";
import { createRollingAsking } from "./rolling-asking.ts";
import { createRollingOrder } from "./rolling-order.ts";
import { isStatus, RollingState } from "./rolling-state.ts";
import { createRollingTurn } from "./rolling-turn.ts";
import { mayGoOn } from "./rolling-waits.ts";

const begin = defineUpdate<RollingStatus, []>(UPDATES.beginRolling);
const tell = defineUpdate<RollingStatus, [RollingWord]>(UPDATES.tellRolling);
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
	checkId(
		"the rolling maintenance of a cluster",
		rollingWorkflowId(input.identity),
	);
	const { firstExecutionRunId } = workflowInfo();
	const state = new RollingState(input.carried ?? firstStatus(input));
	const { identity, reason } = state.status;
	const asking = createRollingAsking({
		state,
		reason,
		runId: firstExecutionRunId,
		asked: input.asked ?? 0,
	});
	const { show, audit, stuck } = asking;
	const beginNext = createRollingOrder({ identity, reason, state, asking });
	const goOnWith = createRollingTurn({
		identity,
		reason,
		state,
		asking,
		runId: firstExecutionRunId,
	});
	/** Undefined until the first look has said whether it goes ahead. */
	let plan: RollingPlan | undefined;
	/** Somebody is told of it as of the one that was asked for. */
	let isBegun = input.carried !== undefined;

	setHandler(status, () => state.status);
	setHandler(
		begin,
		async () => {
			isBegun = true;
			await condition(() => plan !== undefined);
			const refusals = plan?.refusals ?? [];
			if (refusals.length > 0)
				throw ApplicationFailure.nonRetryable(
					errors.rollingRefused({ why: refusals.join("; ") }).message,
					"Refused",
				);
			return state.status;
		},
		{
			validator: () => {
				if (plan === undefined && !isBegun) return;
				throw ApplicationFailure.nonRetryable(
					`a rolling maintenance of this cluster has begun ${new Date(state.status.beganAtMs).toISOString()} and is ${state.status.phase}; see rolling-maintenance-status`,
					"Refused",
				);
			},
		},
	);
	setHandler(
		tell,
		async (word) => {
			state.told(word, Date.now());
			await show();
			return state.status;
		},
		{ validator: (word) => state.check(word) },
	);

	/** The next part of the turn, or the next turn. @returns whether all is done */
	const advance = async (): Promise<boolean> => {
		const { current } = state.status;
		if (current === null) return beginNext();
		await goOnWith(current);
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

	const finish = (): void => {
		const { skipped } = state.turns;
		state.says(
			"done",
			`every server was done${skipped.length === 0 ? "" : `, but for those that were skipped: ${skipped.join(", ")}`}`,
			Date.now(),
		);
	};

	const run = async (): Promise<void> => {
		while (await mayGoOn(state, asking)) {
			await carryOnAsNew();
			try {
				if (await advance()) return finish();
			} catch (error) {
				if (isCancellation(error)) throw error;
				if (state.status.current?.part === "moveAway") state.turn(null);
				await stuck(textOf(error));
			}
		}
		const { current } = state.status;
		state.says(
			"cancelled",
			current === null
				? state.status.says
				: `${state.status.says}; ${leftOut(current)}`,
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
		if (!hasEnded(state.status))
			state.told({ order: "cancel", by: "Temporal" }, Date.now());
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
