import { z } from "zod";
import { coordinatesJson, nameJson } from "../../compat/json/values.ts";
import { word } from "../../surface/arguments/field.ts";
import { parseCoordinates } from "../../topology/coordinates.ts";
import type { ReadingDeps } from "../deps.ts";
import { INSTANCE } from "../fields.ts";
import type { Reading } from "../reading.ts";
import { envelopeRoutes, type Route, success } from "../route.ts";

const PLACE = INSTANCE.extend({ logFile: word, logPos: z.string() });

/** Which places in logs are recorded as one. As in the reference only who may write may ask. */
export const equivalenceRoutes = (
	deps: ReadingDeps,
	{ nameOf }: Reading,
): Route[] =>
	envelopeRoutes(
		{
			access: "write",
			changes: false,
			paths: ["master-equivalent/:host/:port/:logFile/:logPos"],
			says: "The places in other binary logs that are recorded as the same as one in an instance's",
			input: PLACE,
		},
		async ({ input }) => {
			const at = parseCoordinates(`${input.logFile}:${input.logPos}`);
			const server = await nameOf(input);
			const found = await deps.store.equivalences.of({ server, at });
			return success(
				found.length === 0
					? null
					: found.map((each) => ({
							Key: nameJson(each.server),
							Coordinates: coordinatesJson(each.at),
						})),
				`Found ${found.length} equivalent coordinates`,
			);
		},
	);
