import { okJson } from "../compat/json/envelope.ts";
import type { Json } from "../compat/json/go-json.ts";
import type { ReadingDeps } from "./deps.ts";
import { createReading, type Reading } from "./reading.ts";
import type { Call, Route } from "./route.ts";
import { analysisRoutes } from "./routes/analysis.ts";
import { bulkRoutes } from "./routes/bulk.ts";
import { clusterRoutes } from "./routes/clusters.ts";
import { equivalenceRoutes } from "./routes/equivalences.ts";
import { hostnameRoutes } from "./routes/hostnames.ts";
import { instanceRoutes } from "./routes/instances.ts";
import { maintenanceRoutes } from "./routes/maintenance.ts";
import { poolRoutes } from "./routes/pools.ts";
import { pseudoGtidRoutes } from "./routes/pseudo-gtid.ts";
import { recoveryRoutes } from "./routes/recoveries.ts";
import { replicationRoutes } from "./routes/replication.ts";
import { rollingRoutes } from "./routes/rolling.ts";
import { tagRoutes } from "./routes/tags.ts";
import { topologyRoutes } from "./routes/topologies.ts";

/** What is read of the store, and of servers as they are now. */
export const readingRoutes = (deps: ReadingDeps, reading: Reading): Route[] => [
	...clusterRoutes(deps, reading),
	...instanceRoutes(deps, reading),
	...topologyRoutes(deps, reading),
	...replicationRoutes(deps, reading),
	...pseudoGtidRoutes(deps, reading),
	...equivalenceRoutes(deps, reading),
	...tagRoutes(deps, reading),
	...poolRoutes(deps, reading),
	...maintenanceRoutes(deps, reading),
	...hostnameRoutes(deps),
	...bulkRoutes(deps),
	...analysisRoutes(deps, reading),
	...recoveryRoutes(deps, reading),
	...rollingRoutes(deps, reading),
];

/** Whoever runs a command on the machine of the store may read it. */
const OWN_CALL: Omit<Call<unknown>, "input"> = {
	caller: { user: "", mayChange: true },
	headers: {},
};

/**
 * What the API would answer, asked in this very process.
 * @param path of the route, as the table has it: `instance/:host/:port`
 * @throws BatonError as the route does
 */
export const answerOf = async (
	deps: ReadingDeps,
	path: string,
	input: Readonly<Record<string, string>>,
): Promise<Json> => {
	const route = readingRoutes(deps, createReading(deps)).find(
		(each) => each.path === path,
	);
	if (route === undefined || route.answering.kind === "raw")
		throw new Error(`no reading route ${path}`);
	const { answering } = route;
	if (answering.kind === "bare") return answering.run({ ...OWN_CALL, input });
	const { details, message } = await answering.run({ ...OWN_CALL, input });
	return okJson(message, details);
};
