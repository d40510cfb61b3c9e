import { z } from "zod";
import type { Json } from "../../compat/json/go-json.ts";
import { word } from "../../surface/arguments/field.ts";
import { NOTHING } from "../fields.ts";
import type { Live } from "../live.ts";
import type { Metrics } from "../metrics.ts";
import type { OperationEvents } from "../operation-events.ts";
import type { Painter } from "../painter.ts";
import type { Reading } from "../reading.ts";
import { bareRoutes, READ, type Route, rawRoutes } from "../route.ts";

interface BatonRouteDeps {
	readonly painter: Painter;
	readonly live: Live;
	readonly operationEvents: OperationEvents;
	readonly reading: Pick<Reading, "cluster">;
	readonly metrics: Metrics;
	/** The description of all routes, this one included. */
	readonly description: () => Json;
}

const EVENT_STREAM = "text/event-stream";
const LAST_EVENT_ID = "Last-Event-ID";

const OF_CLUSTER = z.object({ cluster: z.optional(word) });
const OPERATION = z.object({ id: word });

/** What the reference does not have: running operations, the live picture, the description, metrics. */
export const batonRoutes = ({
	painter,
	live,
	operationEvents,
	reading,
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
			media: EVENT_STREAM,
			failures: "by-kind",
		},
		(_call, request, response) => live.serve(request, response),
	),
	...rawRoutes(
		{
			...READ,
			paths: ["baton/operations/events"],
			says: "Each step of operations as it happens, of all clusters or of one, as server-sent events",
			input: OF_CLUSTER,
			query: ["cluster"],
			headers: [LAST_EVENT_ID],
			media: EVENT_STREAM,
			failures: "by-kind",
		},
		async ({ input: { cluster } }, request, response) =>
			operationEvents.serveAll(
				request,
				response,
				cluster === undefined
					? undefined
					: (await reading.cluster({ clusterHint: cluster })).identity,
			),
	),
	...rawRoutes(
		{
			...READ,
			paths: ["baton/operations/:id/events"],
			says: "The steps of one operation, by its uid or by the id of its run while that runs, as server-sent events that end with it",
			input: OPERATION,
			headers: [LAST_EVENT_ID],
			media: EVENT_STREAM,
			failures: "by-kind",
		},
		({ input: { id } }, request, response) =>
			operationEvents.serveOperation(request, response, id),
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
