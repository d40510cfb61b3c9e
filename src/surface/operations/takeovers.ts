import { coordinatesText } from "../../compat/text/lines.ts";
import { onlyPrimary } from "../../naming/primaries.ts";
import { CLUSTER } from "../arguments/clusters.ts";
import { SUCCESSOR_IF_ANY } from "../arguments/instances.ts";
import { operation } from "../operation.ts";
import { noteAnalysis, recordJson } from "./changed-primary.ts";
import { checkSuccessor } from "./successor.ts";

const HINT = "graceful-master-takeover";

const gracefulTakeover = (
	name: string,
	auto: boolean,
	says: string,
	help: string,
) =>
	operation(name, {
		kind: "takeover",
		category: "Recovery",
		says,
		help,
		takes: { cluster: CLUSTER, to: SUCCESSOR_IF_ANY },
		routes: [
			`${name}/:host/:port`,
			`${name}/:host/:port/:designatedHost/:designatedPort`,
			`${name}/:clusterHint`,
			`${name}/:clusterHint/:designatedHost/:designatedPort`,
		],
		request: async ({ cluster, to }, context) => {
			const primary = await onlyPrimary(context.store, cluster);
			await checkSuccessor(context, primary, to, auto);
			return {
				cluster: cluster.identity,
				auto,
				...(to === undefined ? {} : { to }),
			};
		},
		before: noteAnalysis,
		tells: {
			lines: ({ successor, successorCoordinates }) =>
				successor === ""
					? []
					: [successor, coordinatesText(successorCoordinates)],
			message: ({ says: ended }) => `${HINT}: ${ended}`,
			...recordJson(HINT),
		},
	});

/** Planned changes of primary. */
export const TAKEOVERS = [
	gracefulTakeover(
		HINT,
		false,
		"Hand the primary's role to a replica, without loss",
		"Promotes the replica in -d, or the only one, once it has everything. Prints the promoted server and its coordinates. Replication on the demoted server is set up but not started.",
	),
	gracefulTakeover(
		`${HINT}-auto`,
		true,
		"As graceful-master-takeover; chooses the replica itself",
		"Promotes the replica in -d, or the best one, once it has everything, and starts replication on the demoted server. Prints the promoted server and its coordinates.",
	),
];
