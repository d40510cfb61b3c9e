import type { RecoveryRecord } from "../src/store/contract.ts";
import { isLastCheckValid } from "../src/topology/instance.ts";
import { markOf } from "../src/topology/server-mark.ts";
import { findInstance } from "../src/topology/snapshot.ts";
import { operationWorkflowId } from "../temporal/names.ts";
import type { EndOperation } from "../temporal/operation-look.ts";
import { createCutOffRecords } from "./cut-off-records.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { type OperationRun, openRowsOf } from "./operation-rows.ts";

export interface StuckOperationsDeps
	extends Pick<
		ActivityDeps,
		"store" | "servers" | "pictures" | "config" | "log" | "nowMs"
	> {
	readonly end: EndOperation;
}

/** Of the look at what an ended operation may have opened, to connect, milliseconds. */
const LOOK_MS = 500;

/** An operation that does not go on, or was terminated, would hold its cluster for ever, and no failover would begin. */
export const createStuckOperations = (deps: StuckOperationsDeps) => {
	const { store } = deps;

	const { closeCutOff } = createCutOffRecords(deps);

	const close = async (row: RecoveryRecord, says: string): Promise<void> => {
		await store.recoveries.addStep(row.uid, says, deps.nowMs());
		await closeCutOff(row, says);
	};

	/**
	 * Whom it has opened without telling anybody would be met by the next operation only, and none may come: with its replicas moved the old
	 * primary is nobody's finding any more, and takes writes beside the new one when it is back.
	 */
	const fenceOpened = async (
		{ identity, runId }: OperationRun,
		epoch: number,
	): Promise<void> => {
		const [left, cluster, fences] = await Promise.all([
			deps.pictures.left(identity),
			store.clusters.byIdentity(identity),
			store.fences.open(),
		]);
		if (left === undefined) return;
		const known = [
			cluster?.clusterName,
			...fences.map(({ instance }) => instance),
		];
		const names = (left.closed ?? []).filter((name) => !known.includes(name));
		const seen = await Promise.all(
			names.map((name) =>
				deps.servers.look(name, findInstance(left, name), LOOK_MS),
			),
		);
		const open = seen.filter(
			(each) => isLastCheckValid(each) && !each.readOnly,
		);
		if (open.length === 0) return;
		// Whoever has taken the cluster since has looked at them itself.
		await store.underEpoch({ identity, epoch }, async (own) => {
			for (const each of open)
				await own.fences.put({
					instance: each.name,
					identity,
					successor: "",
					sinceMs: deps.nowMs(),
					epoch,
					state: "unaccounted",
					note: `run ${runId} was ended, and has made it writable`,
					server: markOf(each),
				});
		});
	};

	return {
		/**
		 * Ends it, and frees its cluster: the next operation takes up what it has left. It may have ended by itself, or by a person's hand.
		 * @returns what is to be said of it
		 */
		endOperation: async ({
			because,
			...run
		}: OperationRun & { readonly because: string }): Promise<string> => {
			const { identity, runId } = run;
			const held = await store.operations.current(identity);
			const says = `${operationWorkflowId(identity)} (run ${runId}) ${because}: ${held?.runId === runId ? HALF_DONE : HELD_NOTHING}`;
			deps.log.error({ cluster: identity, runId }, says);
			await deps.end(identity, runId, says);
			// Its steps may still run: from here on none of them may write.
			if (held?.runId === runId) {
				const claimed = await store.operations.claim({
					...held,
					nowMs: deps.nowMs(),
				});
				if (claimed.claimed) await fenceOpened(run, claimed.epoch);
			}
			for (const row of await openRowsOf(store, run)) await close(row, says);
			await store.operations.release(identity, runId);
			return says;
		},
	};
};

const HALF_DONE =
	"what it has changed is as it left it, and the next operation goes on from there; see its history in the Temporal UI";
const HELD_NOTHING =
	"it did not hold its cluster, since it had not begun, or had recorded its end; hooks that come after it were not run";
