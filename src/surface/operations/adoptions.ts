import { INSTANCE } from "../arguments/instances.ts";
import { operation } from "../operation.ts";

/** A person's word on who is the primary. */
export const ADOPTIONS = [
	operation("adopt", {
		kind: "adoption",
		category: "Recovery",
		says: "Say that a server is its cluster's primary",
		help: "Records the server in -i as the primary of its cluster: names, key-value entries and fences follow. No server is changed; for a change of primary use graceful-master-takeover. Refused while the server replicates from another one, or another one takes writes. Who was on record and cannot be seen is made read-only when it returns.",
		takes: { instance: INSTANCE },
		routes: ["adopt/:host/:port"],
		mustBeKnown: ({ instance }) => [instance],
		request: async ({ instance }, { store }) => ({
			cluster: (await store.clusters.identityOf(instance)) ?? instance,
			instance,
		}),
		tells: {
			lines: ({ successful, instance }) => (successful ? [instance] : []),
			message: ({ says }) => says,
			json: ({ outcome: { instance } }) => instance,
			failed: () => null,
		},
	}),
];
