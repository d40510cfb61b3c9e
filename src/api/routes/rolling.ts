import { errors } from "../../errors.ts";
import { rollingJson } from "../../rolling/text.ts";
import type { ReadingDeps } from "../deps.ts";
import { CLUSTER } from "../fields.ts";
import type { Reading } from "../reading.ts";
import { envelopeRoutes, READ, type Route, success } from "../route.ts";

/** Where rolling maintenances stand. */
export const rollingRoutes = (deps: ReadingDeps, reading: Reading): Route[] =>
	envelopeRoutes(
		{
			...READ,
			paths: ["rolling-maintenance-status/:clusterHint"],
			says: "Where the rolling maintenance of a cluster stands, or how the last ended",
			input: CLUSTER,
		},
		async ({ input }) => {
			const { identity, clusterName } = await reading.cluster(input);
			const status = await deps.store.rollings.of(identity);
			if (status === undefined)
				throw errors.noRolling({ cluster: clusterName });
			return success(
				rollingJson(status),
				`Rolling maintenance ${status.phase}`,
			);
		},
	);
