import { runInUid } from "../src/operations/uid.ts";
import type { RecoveryRecord, Store } from "../src/store/contract.ts";

/** One run of a cluster's operation. */
export interface OperationRun {
	readonly identity: string;
	readonly runId: string;
}

/** Records of the run that have no end yet. */
export const openRowsOf = async (
	{ recoveries }: Pick<Store, "recoveries">,
	{ identity, runId }: OperationRun,
): Promise<readonly RecoveryRecord[]> =>
	runId === ""
		? []
		: (await recoveries.active({ identity })).filter(
				({ endedAtMs, uid }) =>
					endedAtMs === 0 && uid.includes(runInUid(runId)),
			);
