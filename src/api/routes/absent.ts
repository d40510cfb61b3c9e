import { errors } from "../../errors.ts";
import { NOTHING } from "../fields.ts";
import { DROP_IN_ROUTES } from "../reference-routes.ts";
import { envelopeRoutes, READ, type Route } from "../route.ts";

/**
 * The routes of the reference that nothing else serves. They answer an error envelope that says so: the stock client takes a
 * plain 404 for a node that is away, and waits 11 seconds.
 */
export const absentRoutes = (served: readonly Route[]): Route[] => {
	const paths = new Set(served.map((each) => each.path));
	return envelopeRoutes(
		{
			...READ,
			isAbsent: true,
			paths: DROP_IN_ROUTES.filter((path) => !paths.has(path)),
			says: "Not part of this version: always an error, nothing is changed",
			input: NOTHING,
		},
		async () => {
			throw errors.routeNotBuilt();
		},
	);
};
