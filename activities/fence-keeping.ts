import type { Claim } from "../src/engine/contract.ts";
import type { Ending } from "../src/engine/outcome.ts";
import type { OperationOutcome } from "../src/planning/operation.ts";
import type { Phase } from "../src/planning/plan.ts";
import type { Fence, OwnRecords } from "../src/store/contract.ts";
import { replacedMarkIn, type Snapshot } from "../src/topology/snapshot.ts";
import type { ActivityDeps } from "./dependencies.ts";

/**
 * The fences that a change of primary lays: for the old one, where it is to be waited for, and else as a note of who took its place.
 * @param picture what the operation went by; those that it could not see may return with their writes open, like the old one
 */
export const fencesOfChange = (
	{ identity, epoch }: Pick<Claim, "identity" | "epoch">,
	{ from, to, fence }: NonNullable<Phase["changesPrimary"]>,
	picture: Snapshot | undefined,
	sinceMs: number,
): readonly Fence[] => {
	const at = { identity, successor: to, sinceMs, epoch };
	const hidden = (picture?.hidden ?? []).filter(
		(each) => each !== to && each !== from,
	);
	return [
		...hidden.map((instance) => ({
			...at,
			instance,
			state: "waiting" as const,
			note: "an operation that was cut off may have made it writable",
			server: replacedMarkIn(picture, instance),
		})),
		{
			...at,
			instance: from,
			state: fence ? "waiting" : "rejoined",
			note: "",
			server: replacedMarkIn(picture, from),
		},
	];
};

/**
 * A fence waits for a server that may come back with its writes open: it is closed and compared then. All that is written is written
 * under the operation's epoch.
 */
export const createFenceKeeping = ({
	store,
	nowMs,
}: Pick<ActivityDeps, "store" | "nowMs">) => ({
	/** An old primary that was not seen below the new one may return with its writes open. */
	leftBehind: async (
		own: OwnRecords,
		{ epoch }: Pick<Claim, "epoch">,
		outcome: OperationOutcome,
		{ failed }: Pick<Ending, "failed">,
		picture: Snapshot | undefined,
	): Promise<void> => {
		if (outcome.kind !== "takeover" || outcome.successor === "") return;
		for (const { name, reason } of failed)
			if (name === outcome.failed)
				await own.fences.put({
					instance: name,
					identity: outcome.identity,
					successor: outcome.successor,
					sinceMs: nowMs(),
					epoch,
					state: "waiting",
					note: reason,
					server: replacedMarkIn(picture, name),
				});
	},

	/** A rejoin that changed nothing is tried again by and by: to end for the same reason again, which the fence has, is no news. */
	isNews: async (
		outcome: OperationOutcome,
		{ settlesFence }: Pick<Ending, "settlesFence">,
	): Promise<boolean> => {
		if (outcome.kind !== "rejoin" || outcome.successful || outcome.changed)
			return true;
		const fence = await store.fences.get(outcome.instance);
		if (fence === undefined) return true;
		if (settlesFence !== undefined)
			return (
				settlesFence.note !== fence.note ||
				(settlesFence.state !== "open" && settlesFence.state !== fence.state)
			);
		return fence.note !== outcome.says;
	},

	/** A rejoin that decided nothing leaves its reason with the fence. */
	undecided: async (
		own: OwnRecords,
		outcome: OperationOutcome,
		{ settlesFence }: Pick<Ending, "settlesFence">,
	): Promise<void> => {
		if (outcome.kind !== "rejoin" || settlesFence !== undefined) return;
		const fence = await own.fences.get(outcome.instance);
		if (fence !== undefined)
			await own.fences.put({ ...fence, note: outcome.says });
	},

	/** What became of the fence of a returned primary. */
	settle: async (
		{ fences, recoveries, downtimes }: OwnRecords,
		{ settlesFence }: Pick<Ending, "settlesFence">,
	): Promise<void> => {
		if (settlesFence === undefined) return;
		const { instance, state, note } = settlesFence;
		const fence = await fences.get(instance);
		if (fence === undefined) return;
		if (state === "open") {
			// Once: a failover that cannot finish it either is not tried again and again.
			if (fence.note === note) return;
			await fences.put({ ...fence, note });
			await recoveries.endUnsuccessful(fence.identity);
			return;
		}
		if (state === "removed") {
			await fences.remove(instance);
			// A failover that ended because it might be open holds up no other one any more.
			if (fence.state === "unaccounted")
				await recoveries.endUnsuccessful(fence.identity);
			return;
		}
		await fences.put({ ...fence, state, note });
		if (state === "rejoined") await downtimes.end(instance);
	},
});
