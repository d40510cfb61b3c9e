import { z } from "zod";
import { nameJson } from "../../compat/json/values.ts";
import { restartStatements } from "../../compat/text/restart-statements.ts";
import { BatonError } from "../../errors.ts";
import { errantLogs } from "../../reading/errant-look.ts";
import {
	canReplicateFrom,
	isGtidCompatible,
	missingPurged,
} from "../../topology/can-replicate.ts";
import type { Instance } from "../../topology/instance.ts";
import type { ReadingDeps } from "../deps.ts";
import { BELOW, INSTANCE } from "../fields.ts";
import type { Reading } from "../reading.ts";
import { envelopeRoutes, READ, type Route, success } from "../route.ts";

type Obstacle = (replica: Instance, source: Instance) => string | undefined;

const anyObstacle =
	(deps: ReadingDeps): Obstacle =>
	(replica, source) => {
		const settings = deps.config();
		const verdict = canReplicateFrom(replica, source, {
			verifyFilters: settings.VerifyReplicationFilters,
			maxMaintenanceLagSeconds:
				settings.ReasonableMaintenanceReplicationLagSeconds,
		});
		return verdict.ok ? undefined : verdict.reason;
	};

const gtidObstacle: Obstacle = (replica, source) => {
	if (!isGtidCompatible(replica, source))
		return `${replica.name} cannot replicate from ${source.name} by GTID`;
	const purged = missingPurged(replica, source);
	return purged === ""
		? undefined
		: `${source.name} has purged transactions that ${replica.name} lacks: ${purged}`;
};

/** What a server itself is asked, as it is now; nothing is changed there. */
const freshLooks = (deps: ReadingDeps, reading: Reading): Route[] => [
	...envelopeRoutes(
		{
			...READ,
			paths: ["locate-gtid-errant/:host/:port"],
			says: "The binary logs of an instance that hold its errant GTIDs",
			input: INSTANCE,
		},
		async ({ input }) => {
			const look = {
				inventory: deps.store.inventory,
				lookAt: deps.lookAt,
				binaryLogStarts: deps.binaryLogStarts,
				warn: (text: string) => deps.log.warn(text),
			};
			const files = await errantLogs(look, await reading.knownName(input));
			return success([...files], "located errant GTID");
		},
	),
	...envelopeRoutes(
		{
			access: "write",
			changes: false,
			paths: ["restart-slave-statements/:host/:port"],
			says: "The statements that restart replication around another one, `q`; nothing is executed",
			input: INSTANCE.extend({ q: z.string().optional() }),
			query: ["q"],
		},
		async ({ input }) => {
			const seen = await deps.lookAt(await reading.knownName(input));
			return success(
				restartStatements(seen, input.q ?? ""),
				`Restart replication statements: ${seen.name}`,
			);
		},
	),
];

/** Whether one instance could replicate from another: as in the reference, "no" is an error with the reason. */
export const replicationRoutes = (
	deps: ReadingDeps,
	reading: Reading,
): Route[] => {
	const route = (
		path: string,
		says: string,
		obstacles: readonly Obstacle[],
	): Route[] =>
		envelopeRoutes(
			{
				...READ,
				paths: [`${path}/:host/:port/:belowHost/:belowPort`],
				says,
				input: BELOW,
			},
			async ({ input }) => {
				const replica = await reading.instance(input);
				const source = await reading.instance({
					host: input.belowHost,
					port: input.belowPort,
				});
				for (const obstacle of obstacles) {
					const reason = obstacle(replica, source);
					if (reason !== undefined) throw new BatonError("Refused", reason);
				}
				return success(nameJson(source.name), "true");
			},
		);
	const inGeneral = anyObstacle(deps);
	return [
		...freshLooks(deps, reading),
		...route(
			"can-replicate-from",
			"Whether an instance could replicate from another; the reason when not",
			[inGeneral],
		),
		...route(
			"can-replicate-from-gtid",
			"The same by GTID: nothing that it lacks is purged there",
			[inGeneral, gtidObstacle],
		),
	];
};
