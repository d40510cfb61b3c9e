import { setTimeout as delay } from "node:timers/promises";
import { Context } from "@temporalio/activity";
import type { Started } from "../src/analysis/finding.ts";
import { createAuditTrail } from "../src/audit/audit-trail.ts";
import { errorText } from "../src/errors.ts";
import { rowNamed } from "../src/operations/kinds.ts";
import type {
	LookAtOperation,
	OperationLook,
} from "../temporal/operation-look.ts";
import type { FindRunning } from "../temporal/running-operation.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { beating } from "./heartbeat.ts";
import { type OperationRun, openRowsOf } from "./operation-rows.ts";
import { isStanding, standingAfter, UNSEEN } from "./standing-still.ts";

/** By then a node that knows it has begun it. Milliseconds. */
const STRANGE_AGAIN_MS = 500;

export interface OperationWatchDeps
	extends Pick<ActivityDeps, "store" | "config" | "log" | "nowMs"> {
	readonly lookAt: LookAtOperation;
	readonly findRunning: FindRunning;
	readonly endOperation: (
		input: OperationRun & { readonly because: string },
	) => Promise<string>;
	/** Between two looks, milliseconds. */
	readonly everyMs: number;
	/** After so many looks in a row an operation is taken for stuck, and for quiet. */
	readonly stuckLooks: number;
	readonly quietLooks: number;
}

/** What came of watching an operation, as far as its entity has to know. */
export type WatchedOperation =
	| { readonly is: "over" }
	/** Its workflow cannot go on. */
	| { readonly is: "stuck"; readonly says: string }
	/** It has come no further for long, and people have been told. */
	| { readonly is: "quiet"; readonly says: string; readonly mark: string }
	/** One that was quiet has come further. */
	| { readonly is: "moving" };

/** Looks at operations from outside of their histories. */
export const createOperationWatch = (deps: OperationWatchDeps) => {
	const { store, log } = deps;

	const quietSays = ({ waitsFor }: OperationLook): string =>
		`it has come no further for ${Math.round((deps.quietLooks * deps.everyMs) / 1000)} s, and waits for ${waitsFor}; cancel it in the Temporal UI when that will not come`;

	const tellQuiet = async (run: OperationRun, says: string): Promise<void> => {
		const { identity, runId } = run;
		for (const { uid } of await openRowsOf(store, run))
			await store.recoveries.addStep(uid, says, deps.nowMs());
		await createAuditTrail(
			store,
			deps.config,
		)({
			atMs: deps.nowMs(),
			type: "operation-overdue",
			instance: "",
			clusterName:
				(await store.clusters.byIdentity(identity))?.clusterName ?? "",
			message: `run ${runId} of operate/${identity}: ${says}`,
		});
		log.warn({ cluster: identity, runId }, `the operation is overdue: ${says}`);
	};

	/** One that fails says nothing of the operation. */
	const look = async ({
		identity,
		runId,
	}: OperationRun): Promise<OperationLook | undefined> => {
		try {
			return await deps.lookAt(identity, runId);
		} catch (error) {
			log.warn(
				{ cluster: identity, runId },
				`the operation cannot be looked at: ${errorText(error)}`,
			);
			return undefined;
		}
	};

	/**
	 * What is none of the kinds that this node knows is given a moment to begin, or to fail: followed, it would keep a failover waiting for
	 * its end.
	 */
	const lookTwice = async (
		run: OperationRun,
		started: Started | undefined,
	): Promise<OperationLook | undefined> => {
		const seen = await look(run);
		const isKnown =
			started === undefined || rowNamed(started.request.kind) !== undefined;
		if (isKnown || seen === undefined || seen.isOver) return seen;
		await delay(STRANGE_AGAIN_MS);
		return look(run);
	};

	return {
		/** @param quietAt the mark at which it was found to be quiet; only the rest is told then */
		watchOperation: ({
			quietAt,
			...run
		}: OperationRun & {
			readonly quietAt?: string;
		}): Promise<WatchedOperation> =>
			beating(async (say) => {
				const { cancellationSignal: signal, info } = Context.current();
				let standing = isStanding(info.heartbeatDetails)
					? info.heartbeatDetails
					: UNSEEN;
				for (;;) {
					const seen = await look(run);
					if (seen?.isOver === true) return { is: "over" };
					if (seen !== undefined) {
						standing = standingAfter(standing, seen);
						say(standing);
						if (seen.isVain || standing.stuck >= deps.stuckLooks)
							return { is: "stuck", says: seen.stuck };
						if (quietAt !== undefined && seen.mark !== quietAt)
							return { is: "moving" };
						if (quietAt === undefined && standing.quiet >= deps.quietLooks) {
							const says = quietSays(seen);
							await tellQuiet(run, says);
							return { is: "quiet", says, mark: seen.mark };
						}
					}
					await delay(deps.everyMs, undefined, { signal });
				}
			}),

		/** One look. @returns why its workflow cannot go on; empty while it can */
		lookOnce: async ({ identity, runId }: OperationRun): Promise<string> =>
			(await deps.lookAt(identity, runId)).stuck,

		/** The operation of the cluster that runs. What stands under its id and will never be one is ended: it would keep off all others. */
		runningOperation: async ({
			identity,
		}: {
			readonly identity: string;
		}): Promise<Started | undefined> => {
			const found = await deps.findRunning(identity);
			if (found === undefined) return undefined;
			const { runId, started } = found;
			const seen = await lookTwice({ identity, runId }, started);
			// Somebody else has just ended it.
			if (seen?.isOver === true) return undefined;
			if (seen?.isVain !== true) return started;
			await deps.endOperation({
				identity,
				runId,
				because: `was ended, since ${seen.stuck}`,
			});
			return undefined;
		},
	};
};
