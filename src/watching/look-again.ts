import { sourceOf } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Roster } from "./roster.ts";

/** Whoever names a server by that name is looked at again at once, and then names it by the one that it goes by. */
export const lookAgainAtWhoNames = (
	roster: Pick<Roster, "clusters">,
	name: InstanceName,
): void => {
	for (const { members } of roster.clusters())
		for (const kept of members.values())
			if (sourceOf(kept.latest) === name || kept.latest.replicas.includes(name))
				kept.nextPollMs = 0;
};
