import type { Claim, Conclusion } from "../src/engine/contract.ts";
import type {
	OperationOutcome,
	PrimaryChanged,
} from "../src/planning/operation.ts";
import type { OwnRecords } from "../src/store/contract.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import { LOST_IN_RECOVERY } from "../src/topology/snapshot.ts";
import { createCutOffRecords } from "./cut-off-records.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { createFenceKeeping } from "./fence-keeping.ts";

/** Lost and failed servers stay downtimed for a year, unless someone ends it or they replicate again. */
const LOST_DOWNTIME_MS = 365 * 86_400_000;

export const isChange = (
	outcome: OperationOutcome,
): outcome is PrimaryChanged => "successor" in outcome;

/** What the end of an operation leaves for later ones to go by, written under its epoch. */
export const createLeftRecords = (
	deps: Pick<ActivityDeps, "store" | "config" | "nowMs">,
) => {
	const { store } = deps;
	const { closeCutOff } = createCutOffRecords(deps);
	const fences = createFenceKeeping(deps);

	/** What a failover could not bring along is not told of for a while. */
	const downtimeLost = async (
		own: OwnRecords,
		outcome: PrimaryChanged,
		isGone: boolean,
	): Promise<void> => {
		if (outcome.kind !== "recovery" || outcome.successor === "") return;
		const nowMs = deps.nowMs();
		// Those that could not follow a new primary that died are for the next failover to bring along.
		const left = isGone ? [] : outcome.left.map((each) => each.name);
		const lost = [outcome.failed, ...left];
		for (const instance of lost)
			if (instance !== "")
				await own.downtimes.begin({
					instance,
					owner: "baton",
					reason: LOST_IN_RECOVERY,
					beganAtMs: nowMs,
					endsAtMs: nowMs + LOST_DOWNTIME_MS,
				});
	};

	/** The claim is ours: a recovery of this cluster that never came to its end was cut off for good. */
	const endCutOff = async (
		{ recoveries }: OwnRecords,
		{ identity, uid }: Claim,
	): Promise<void> => {
		for (const left of await recoveries.active({ identity }))
			if (left.endedAtMs === 0 && left.uid !== uid)
				await closeCutOff(left, "cut off before its end", recoveries);
	};

	/** What others go by, as long as nobody has taken the cluster since. */
	const leave = (
		{ claim, isRecorded, ending }: Conclusion,
		outcome: OperationOutcome,
		isGone: boolean,
		picture: Snapshot | undefined,
	): Promise<boolean> =>
		store.underEpoch(claim, async (own) => {
			// One that was refused has opened no row, but it holds the cluster, too.
			if (!isRecorded) await endCutOff(own, claim);
			if (isChange(outcome)) {
				if (isRecorded && outcome.failed !== "")
					await own.detections.endFor(outcome.failed);
				await downtimeLost(own, outcome, isGone);
			}
			await fences.leftBehind(own, claim, outcome, ending, picture);
		});

	return { endCutOff, leave };
};
