import type { Json } from "../../compat/json/go-json.ts";
import { NOTHING } from "../fields.ts";
import type { Live } from "../live.ts";
import type { Metrics } from "../metrics.ts";
import type { Painter } from "../painter.ts";
import { bareRoutes, READ, type Route, rawRoutes } from "../route.ts";

interface BatonRouteDeps {
	readonly painter: Painter;
	readonly live: Live;
	readonly metrics: Metrics;
	/** The description of all routes, this one included. */
	readonly description: () => Json;
}

/** What the reference does not have: running operations, the live picture, the description, metrics. */
export const batonRoutes = ({
	painter,
	live,
	metrics,
	description,
}: BatonRouteDeps): Route[] => [
	...bareRoutes(
		{
			...READ,
			paths: ["baton/operations"],
			says: "Running operations, with their steps so far and their page in the Temporal UI",
			input: NOTHING,
			failures: "by-kind",
		},
		async () =>
			(await painter.operations()).map((each) => ({
				...each,
				steps: each.steps.map((step) => ({ ...step })),
			})),
	),
	...rawRoutes(
		{
			...READ,
			paths: ["baton/events"],
			says: "The live picture of the pages, as server-sent events",
			input: NOTHING,
			failures: "by-kind",
		},
		(_call, request, response) => live.serve(request, response),
	),
	...bareRoutes(
		{
			...READ,
			paths: ["openapi.json"],
			says: "This description",
			input: NOTHING,
		},
		async () => description(),
	),
	...rawRoutes(
		{
			...READ,
			paths: ["/metrics"],
			says: "Metrics in the text format of Prometheus",
			input: NOTHING,
		},
		(_call, _request, response) => metrics.serve(response),
	),
];
