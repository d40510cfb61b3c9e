import type { Instance } from "../topology/instance.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { exclusionOf } from "./exclusions.ts";
import type { FailoverScene } from "./failover-scene.ts";
import type { Plan } from "./plan.ts";
import { suggestReplacement } from "./replacement.ts";
import { planSwitch } from "./switch-plan.ts";

/**
 * Who shall change places with the promoted server, since the readiest was opened and not the best placed; undefined when that one
 * stays, or a person had asked for it.
 * @param snapshot in which the others follow the promoted server
 */
export const betterPlaced = (
	{ failed, request, settings, progress }: FailoverScene,
	opened: Instance,
	snapshot: Snapshot,
): Instance | undefined => {
	const promoted = findInstance(snapshot, opened.name);
	if (
		promoted === undefined ||
		request.candidate !== undefined ||
		!settings.appliesPromotion ||
		progress.hasReplaced
	)
		return undefined;
	const able = snapshot.instances.filter(
		(candidate) =>
			!candidate.replication.hasFilters &&
			candidate.errantGtid === "" &&
			// It would switch off what the old primary promised, and was passed over for that.
			(candidate.semiSync.available || !failed.semiSync.sourceEnabled) &&
			exclusionOf({ candidate, failed, settings }) === undefined,
	);
	const suggested = suggestReplacement(failed, promoted, able, settings);
	return suggested.name === promoted.name ? undefined : suggested;
};

/** The takeover from the server that was promoted to the better placed one. When it fails the first promotion stands. */
export const planReplacement = (
	{ failed, snapshot, settings, progress }: FailoverScene,
	opened: Instance,
	better: Instance,
): Plan => {
	const { openedWith } = progress;
	return planSwitch({
		snapshot,
		settings,
		// A picture of before its promotion knows nothing of how it waits for acknowledgements now.
		primary:
			openedWith === undefined
				? opened
				: {
						...opened,
						semiSync: {
							...opened.semiSync,
							...openedWith,
							sourceActive: openedWith.sourceEnabled,
						},
					},
		designated: better,
		auto: true,
		model: failed,
	});
};
