import { markerRules } from "../../config/pseudo-gtid-rules.ts";
import { textOfCoordinates } from "../../topology/pseudo-gtid/event-log.ts";
import { lastPseudoGtid } from "../../topology/pseudo-gtid/own-marker.ts";
import type { ReadingDeps } from "../deps.ts";
import { INSTANCE } from "../fields.ts";
import type { Reading } from "../reading.ts";
import { envelopeRoutes, type Route, success } from "../route.ts";

/** What is searched in the logs of a server. Only who may write may ask: a search is work for the server. */
export const pseudoGtidRoutes = (
	deps: ReadingDeps,
	reading: Reading,
): Route[] =>
	envelopeRoutes(
		{
			access: "write",
			changes: false,
			paths: ["last-pseudo-gtid/:host/:port"],
			says: "The last Pseudo-GTID entry in the newest logs of an instance; the message says where",
			input: INSTANCE,
		},
		async ({ input }) => {
			const rules = markerRules(deps.config());
			const instance = await deps.lookAt(await reading.knownName(input));
			const { text, coordinates } = await deps.withLogs(instance.name, (logs) =>
				lastPseudoGtid(instance, logs, rules, {
					strict: false,
					relayOnly: false,
				}),
			);
			return success(text, textOfCoordinates(coordinates));
		},
	);
