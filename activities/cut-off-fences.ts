import type { Claim } from "../src/engine/contract.ts";
import { errors } from "../src/errors.ts";
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

	/** @throws BatonError Superseded when somebody has taken the cluster since */
	const under = async (
		claim: Claim,
		work: Parameters<typeof store.underEpoch>[1],
	): Promise<void> => {
		if (!(await store.underEpoch(claim, work)))
			throw errors.overtaken({ cluster: claim.identity });
	};

	/** Until somebody has made them the primary, or closed them: the operation that begins may have to do with others. */
	const opened = async (
		claim: Claim,
		{ opened: made, isLongAgo }: CutOff,
		seen: Snapshot,
	): Promise<void> => {
		if (isLongAgo || made.length === 0) return;
		await under(claim, async ({ fences }) => {
			for (const instance of made)
				await fences.put({
					instance,
					identity: claim.identity,
					successor: "",
					sinceMs: nowMs(),
					epoch: claim.epoch,
					state: "unaccounted",
					note: `an operation that was cut off before ${claim.uid} has made it writable`,
					server: replacedMarkIn(seen, instance),
				});
		});
	};

	/**
	 * An old primary that stood down, and was on its way below the new one, is waited for like one that a takeover could not move.
	 * @returns what is to be said of it
	 */
	const strayed = async (
		claim: Claim,
		request: OperationRequest,
		{ strayed: old }: CutOff,
	): Promise<readonly string[]> => {
		if (old === undefined) return [];
		// That was as far as it should come.
		if (old.isLaid && request.kind === "takeover" && request.auto !== true)
			return [];
		const says = strayedSays(old.instance);
		let isPut = false;
		await under(claim, async ({ fences }) => {
			const fence = await fences.get(old.instance);
			isPut = fence?.identity === claim.identity && fence.state === "rejoined";
			if (fence !== undefined && isPut)
				await fences.put({ ...fence, state: "waiting", note: says });
		});
		return isPut ? [says] : [];
	};

	return { openOf, opened, strayed };
};
