import type { Claim } from "../src/engine/contract.ts";
import type { CutOff } from "../src/planning/cut-off.ts";
import { strayedSays } from "../src/planning/cut-off-remedies.ts";
import type { OperationRequest } from "../src/planning/operation.ts";
import { replacedMarkIn, type Snapshot } from "../src/topology/snapshot.ts";
import type { ActivityDeps } from "./dependencies.ts";

/** Who is watched for, or held back, because of what an operation that was cut off has left. */
export const createCutOffFences = ({
	store,
	nowMs,
}: Pick<ActivityDeps, "store" | "nowMs">) => {
	/** Of the cluster's open fences, by whether their servers may be its primary. */
	const openOf = async (identity: string) => {
		const own = (await store.fences.open()).filter(
			(each) => each.identity === identity,
		);
		const named = (isUnaccounted: boolean) =>
			own
				.filter(({ state }) => (state === "unaccounted") === isUnaccounted)
				.map((each) => each.instance);
		return { unaccounted: named(true), fenced: named(false) };
	};

	/** Until somebody has made them the primary, or closed them: the operation that begins may have to do with others. */
	const opened = async (
		{ identity, uid }: Claim,
		{ opened: made, isLongAgo }: CutOff,
		seen: Snapshot,
	): Promise<void> => {
		if (isLongAgo) return;
		for (const instance of made)
			await store.fences.put({
				instance,
				identity,
				successor: "",
				sinceMs: nowMs(),
				state: "unaccounted",
				note: `an operation that was cut off before ${uid} has made it writable`,
				server: replacedMarkIn(seen, instance),
			});
	};

	/**
	 * An old primary that stood down, and was on its way below the new one, is waited for like one that a takeover could not move.
	 * @returns what is to be said of it
	 */
	const strayed = async (
		{ identity }: Claim,
		request: OperationRequest,
		{ strayed: old }: CutOff,
	): Promise<readonly string[]> => {
		if (old === undefined) return [];
		// That was as far as it should come.
		if (old.isLaid && request.kind === "takeover" && request.auto !== true)
			return [];
		const fence = await store.fences.get(old.instance);
		if (fence?.identity !== identity || fence.state !== "rejoined") return [];
		const says = strayedSays(old.instance);
		await store.fences.put({ ...fence, state: "waiting", note: says });
		return [says];
	};

	return { openOf, opened, strayed };
};
