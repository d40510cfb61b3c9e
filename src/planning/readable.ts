import {
	familyOf,
	type GtidFamily,
	unreadable,
} from "../topology/gtid/gtid.ts";
import type { Instance } from "../topology/instance.ts";

const faultOf = (instance: Instance, family: GtidFamily): string =>
	unreadable(family, instance.executedGtid) ||
	unreadable(family, instance.replication.retrievedGtid);

/**
 * Nobody can say what a replica has whose GTIDs cannot be read: those of another family than its source's, or nonsense. It counts
 * as one that cannot be reached, so that it neither stops the recovery of the others nor is taken for one that holds nothing.
 * @param failed the source; one of which nothing is known says nothing of the family
 */
export const asReadable = (failed: Instance, replica: Instance): Instance => {
	const family = familyOf(failed.version === "" ? replica : failed);
	const why = faultOf(replica, family);
	return why === ""
		? replica
		: {
				...replica,
				check: {
					...replica.check,
					outcome: "refused-by-server",
					seenAtMs: Math.min(
						replica.check.seenAtMs,
						replica.check.checkedAtMs - 1,
					),
					error: `its GTIDs cannot be read as those of ${failed.name} (${why.slice(0, 200)})`,
				},
			};
};

/** What cannot be read of the failed one is not known. */
export const withoutUnreadable = (failed: Instance): Instance =>
	unreadable(familyOf(failed), failed.executedGtid) === ""
		? failed
		: { ...failed, executedGtid: "" };
