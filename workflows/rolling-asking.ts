import {
	ActivityFailure,
	ApplicationFailure,
	isCancellation,
	setCurrentDetails,
	upsertSearchAttributes,
} from "@temporalio/workflow";
import type { OperationRequest } from "../src/planning/operation.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { asSummary } from "../temporal/markdown.ts";
import { rolling, rollingWaits } from "./activities.ts";
import { textOf } from "./failures.ts";
import type { RollingState } from "./rolling-state.ts";

/** A failover, or another operation that is more urgent, came first: what was asked for is asked for anew, on the cluster as it is then. */
const isOvertaken = (error: unknown): boolean => {
	const cause = error instanceof ActivityFailure ? error.cause : error;
	return cause instanceof ApplicationFailure && cause.type === "Superseded";
};

/** An operation that was overtaken is asked for so often, where it is wanted whatever came first. */
const MOST_TRIES = 3;

/** What came of an operation. */
interface Asked {
	/** `overtaken`: it came to nothing, and the cluster is to be looked at anew. */
	readonly end: "done" | "failed" | "overtaken";
	readonly says: string;
	/** It has come about, and something of it is left to be done. */
	readonly isPartDone: boolean;
	/** Of a move of several: who stands there now. */
	readonly moved: readonly InstanceName[];
}

interface AskingDeps {
	readonly state: RollingState;
	readonly reason: string;
	/** Of the first run: what it asks for has an id of its own, whatever carries it on. */
	readonly runId: string;
	/** How many operations were asked for before. */
	readonly asked: number;
}

/** What a rolling maintenance tells, and asks for, whatever it is at. */
export const createRollingAsking = ({
	state,
	reason,
	runId,
	asked: before,
}: AskingDeps) => {
	let asked = before;

	const show = async (): Promise<void> => {
		setCurrentDetails(state.details());
		upsertSearchAttributes({ BatonState: [state.status.phase] });
		await rolling.keepRolling.executeWithOptions(
			{ summary: "have it in the store" },
			[state.status],
		);
	};
	const audit = (
		message: string,
		instance: InstanceName | "" = "",
	): Promise<void> =>
		rolling.auditRolling.executeWithOptions(
			{ summary: asSummary(`audit: ${message}`) },
			[
				{
					type: "rolling-maintenance",
					instance,
					clusterName: state.status.clusterName,
					message,
				},
			],
		);

	const lengthen = async (): Promise<void> => {
		const { current } = state.status;
		if (current === null || current.part === "moveAway") return;
		await rolling.rollingDowntime.executeWithOptions(
			{ summary: asSummary(`lengthen the downtime of ${current.server}`) },
			[{ server: current.server, reason }],
		);
	};

	const stuck = async (why: string): Promise<void> => {
		state.stuck(why, Date.now());
		await show();
		await audit(`paused: ${why}`, state.status.current?.server ?? "");
	};

	const askOnce = async (
		request: OperationRequest,
		says: string,
	): Promise<Asked> => {
		asked += 1;
		try {
			const { isDone, ...answer } =
				await rollingWaits.rollingAsk.executeWithOptions(
					{ summary: asSummary(says) },
					[{ request, requestId: `${runId}-${asked}` }],
				);
			return { end: isDone ? "done" : "failed", ...answer };
		} catch (error) {
			if (isCancellation(error)) throw error;
			const nothing = { isPartDone: false, moved: [] };
			return isOvertaken(error)
				? { end: "overtaken", says: "a failover came first", ...nothing }
				: { end: "failed", says: textOf(error), ...nothing };
		}
	};

	/** For what is wanted however the cluster stands by then. */
	const askAgain = async (
		...wanted: Parameters<typeof askOnce>
	): Promise<Asked> => {
		for (let nth = 1; ; nth++) {
			const answer = await askOnce(...wanted);
			if (answer.end !== "overtaken" || nth === MOST_TRIES) return answer;
		}
	};

	return {
		show,
		audit,
		lengthen,
		stuck,
		ask: askOnce,
		askAgain,
		asked: () => asked,
	};
};

export type RollingAsking = ReturnType<typeof createRollingAsking>;
