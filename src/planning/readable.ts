import {
	familyOf,
	type GtidFamily,
	unreadable,
} from "../topology/gtid/gtid.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";

const faultOf = (instance: Instance, family: GtidFamily): string =>
	[
		instance.executedGtid,
		instance.replication.retrievedGtid,
		...instance.otherChannels.map((each) => each.retrievedGtid),
	]
		.map((text) => unreadable(family, text))
		.find((why) => why !== "") ?? "";

/** Counts as one that cannot be reached: whatever is asked of it, nothing is known of what it has. */
export const asUnreached = (instance: Instance, why: string): Instance => ({
	...instance,
	check: {
		...instance.check,
		outcome: "refused-by-server",
		seenAtMs: Math.min(instance.check.seenAtMs, instance.check.checkedAtMs - 1),
		error: why,
	},
});

/**
 * Nobody can say what a replica has whose GTIDs cannot be read: those of another family than its source's, or nonsense. It counts
 * as one that cannot be reached, so that it neither stops the recovery of the others nor is taken for one that holds nothing.
 * @param failed the source; of one of which nothing is known the family is that of the first replica that can be reached
 */
export const readable = (
	failed: Instance,
	replicas: readonly Instance[],
): Instance[] => {
	const model =
		failed.version === "" ? replicas.find(isLastCheckValid) : failed;
	return replicas.map((each) => {
		const why = faultOf(each, familyOf(model ?? each));
		return why === ""
			? each
			: asUnreached(
					each,
					`its GTIDs cannot be read as those of ${failed.name} (${why.slice(0, 200)})`,
				);
	});
};

/** What cannot be read of the failed one is not known. */
export const withoutUnreadable = (failed: Instance): Instance =>
	unreadable(familyOf(failed), failed.executedGtid) === ""
		? failed
		: { ...failed, executedGtid: "" };
