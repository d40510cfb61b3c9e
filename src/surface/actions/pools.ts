import { poolSubmitted } from "../../audit/changes.ts";
import { action } from "../action.ts";
import { POOL_MEMBERS } from "../arguments/instances.ts";
import { POOL } from "../arguments/words.ts";

export const POOLS = [
	action("submit-pool-instances", {
		category: "Pools",
		says: "Say which instances a pool has",
		help: "Makes the comma list in -i the members of the pool in -pool, in place of those it had; an empty list empties it. Names may be shortened unless SupportFuzzyPoolHostnames is off. Membership ends InstancePoolExpiryMinutes after it was last submitted: submit it again and again.",
		takes: { pool: POOL, members: POOL_MEMBERS },
		routes: ["submit-pool-instances/:pool"],
		run: async ({ store, nowMs }, submitted) => {
			await store.pools.submit(submitted.pool, submitted.members, nowMs);
			return submitted;
		},
		audited: ({ pool, members }) => [poolSubmitted(pool, members)],
		tells: {
			would: ({ pool, members }) =>
				members.length === 0
					? `empty the pool ${pool}`
					: `make ${members.join(", ")} the members of the pool ${pool}`,
			lines: () => [],
			json: ({ pool }) => pool,
			message: ({ pool }) => `Applied ${pool} pool instances`,
		},
	}),
];
