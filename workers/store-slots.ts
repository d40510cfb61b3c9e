import { setTimeout as delay } from "node:timers/promises";
import type {
	ActivitySlotInfo,
	CustomSlotSupplier,
	WorkerTuner,
} from "@temporalio/worker";
import type { StoreSight } from "../activities/store-sight.ts";

/** Activities of one worker at a time. */
const MOST = 100;
const AGAIN_AFTER_MS = 250;

/**
 * A node that does not reach its store asks for no activity: Temporal would give it each one again that it could not do, as often as
 * it asks.
 */
export const createStoreSlots = (
	sight: StoreSight,
): CustomSlotSupplier<ActivitySlotInfo> => {
	let given = 0;
	const isFree = (): boolean => given < MOST && !sight.isAway();
	const give = () => {
		given += 1;
		return {};
	};
	return {
		type: "custom",
		reserveSlot: async (_, signal) => {
			while (!isFree()) {
				// Ends with an AbortError, as it has to.
				await delay(AGAIN_AFTER_MS, undefined, { signal, ref: false });
				if (sight.isAway()) await sight.check().catch(() => undefined);
			}
			return give();
		},
		tryReserveSlot: () => (isFree() ? give() : null),
		markSlotUsed: () => undefined,
		releaseSlot: () => {
			given -= 1;
		},
	};
};

/** Workflows need no store: they go on where they are. */
export const tunerFor = (sight: StoreSight): WorkerTuner => ({
	workflowTaskSlotSupplier: { type: "fixed-size", numSlots: 20 },
	activityTaskSlotSupplier: createStoreSlots(sight),
	localActivityTaskSlotSupplier: { type: "fixed-size", numSlots: MOST },
	nexusTaskSlotSupplier: { type: "fixed-size", numSlots: 1 },
});
