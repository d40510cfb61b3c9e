import type { Instance } from "../topology/instance.ts";
import { type Phase, type PlanSettings, phase } from "./plan.ts";

/**
 * Whether a server that begins to replicate is made to acknowledge: the site gave it a semi-sync priority
 * (`DetectSemiSyncEnforcedQuery`), and it does not yet. Which of several shall where their number is exact is not decided here.
 */
export const isToAcknowledge = (
	{ semiSync, promotionRule }: Instance,
	{ exactSemiSync }: Pick<PlanSettings, "exactSemiSync">,
): boolean =>
	semiSync.priority > 0 &&
	semiSync.available &&
	!semiSync.replicaEnabled &&
	promotionRule !== "must_not" &&
	!exactSemiSync;

/** A replica asks to acknowledge when it connects: this stands before its receiver starts. It does nothing to a primary. */
export const acknowledgePhases = (
	instance: Instance,
	settings: Pick<PlanSettings, "exactSemiSync">,
	onFailure: Phase["onFailure"],
): readonly Phase[] => {
	const set = {
		do: "setSemiSync",
		on: instance.name,
		side: "replica",
	} as const;
	return isToAcknowledge(instance, settings)
		? [
				phase(
					"acknowledge",
					[
						{
							...set,
							enabled: true,
							because: "its semi-sync priority says so",
							undo: { ...set, enabled: false },
						},
					],
					onFailure,
				),
			]
		: [];
};
