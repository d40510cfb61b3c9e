import type { RecoveryRecord, Store } from "../src/store/contract.ts";
import type { ActivityDeps } from "./dependencies.ts";

/** How the record of an operation is closed that did not come to its end by itself. */
export const createCutOffRecords = ({
	store,
	config,
	nowMs,
}: Pick<ActivityDeps, "store" | "config" | "nowMs">) => {
	/** Baton has begun it by itself, and would again. */
	const isUnasked = (record: RecoveryRecord): boolean =>
		record.lastDetectionId > 0;

	/**
	 * Whether no other recovery of the cluster has failed lately that nobody has acknowledged: what has to be ended at the same place again and again stops
	 * receivers, or opens a server, each time.
	 */
	const isFirst = async (
		{ uid, identity, clusterName }: RecoveryRecord,
		recoveries: Store["recoveries"],
	): Promise<boolean> => {
		const sinceMs = nowMs() - config().RecoveryPeriodBlockSeconds * 1000;
		const all = await recoveries.list({ identity, clusterName });
		return !all.some(
			(each) =>
				each.uid !== uid &&
				isUnasked(each) &&
				each.startedAtMs > sinceMs &&
				each.endedAtMs > 0 &&
				!each.isSuccessful &&
				!each.acknowledged,
		);
	};

	return {
		/**
		 * It would say for ever that it runs. What the operation has changed it has not told: the first time it blocks no other, and never
		 * where a person has asked for it.
		 * @param recoveries where it is written: under the epoch, where another operation may take the cluster meanwhile
		 */
		closeCutOff: async (
			record: RecoveryRecord,
			says: string,
			recoveries = store.recoveries,
		): Promise<void> => {
			await recoveries.resolve(record.uid, {
				isSuccessful: false,
				successor: "",
				successorAlias: "",
				participating: record.participating,
				lostReplicas: record.lostReplicas,
				errors: [...record.errors, says],
				nowMs: nowMs(),
				isIdle: !isUnasked(record) || (await isFirst(record, recoveries)),
			});
		},
	};
};
