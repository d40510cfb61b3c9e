import { setTimeout as delay } from "node:timers/promises";
import { Context } from "@temporalio/activity";
import type {
	EndOperation,
	LookAtOperation,
} from "../temporal/operation-look.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { beating } from "./heartbeat.ts";

export interface StuckOperationsDeps
	extends Pick<ActivityDeps, "store" | "log" | "nowMs"> {
	readonly lookAt: LookAtOperation;
	readonly end: EndOperation;
	/** Between two looks, and how long an operation must be seen stuck without a break. Milliseconds. */
	readonly everyMs: number;
	readonly stuckForMs: number;
}

interface Run {
	readonly identity: string;
	readonly runId: string;
}

/** An operation whose workflow cannot go on would hold its cluster for ever, and no failover would begin. */
export const createStuckOperations = (deps: StuckOperationsDeps) => {
	const { store } = deps;

	const openRows = async (identity: string): Promise<readonly string[]> =>
		(await store.recoveries.active({ identity }))
			.filter(({ endedAtMs }) => endedAtMs === 0)
			.map(({ uid }) => uid);

	/** They would say for ever that it runs. What it has changed it has not told: it blocks no other. */
	const close = async (
		rows: readonly string[],
		says: string,
	): Promise<void> => {
		for (const uid of rows) {
			await store.recoveries.addStep(uid, says, deps.nowMs());
			await store.recoveries.resolve(uid, {
				isSuccessful: false,
				successor: "",
				successorAlias: "",
				participating: [],
				lostReplicas: [],
				errors: [says],
				nowMs: deps.nowMs(),
				isIdle: true,
			});
		}
	};

	return {
		/** Looks at an operation until it is over. @returns why it is stuck; empty when it is over */
		watchOperation: ({ identity, runId }: Run): Promise<string> =>
			beating(async () => {
				const { cancellationSignal: signal } = Context.current();
				let sinceMs: number | undefined;
				for (;;) {
					const { isOver, stuck } = await deps.lookAt(identity, runId);
					if (isOver) return "";
					const nowMs = deps.nowMs();
					sinceMs = stuck === "" ? undefined : (sinceMs ?? nowMs);
					if (sinceMs !== undefined && nowMs - sinceMs >= deps.stuckForMs)
						return stuck;
					await delay(deps.everyMs, undefined, { signal });
				}
			}),

		/** Ends it, and frees its cluster: the next operation takes up what it has left. */
		endOperation: async ({
			identity,
			runId,
			says,
		}: Run & { readonly says: string }): Promise<void> => {
			const held = await store.operations.current(identity);
			// Before it is ended: as soon as it is, another one may begin.
			const rows = held?.runId === runId ? await openRows(identity) : [];
			deps.log.error({ cluster: identity, runId }, says);
			await deps.end(identity, runId, says);
			await close(rows, says);
			await store.operations.release(identity, runId);
		},
	};
};
