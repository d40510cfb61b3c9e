import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { createWeighing } from "../activities/weighing.ts";
import type { createChangeBus } from "../src/api/events.ts";
import { createAuditTrail } from "../src/audit/audit-trail.ts";
import type { Configuration } from "../src/config/keys.ts";
import type { Forgotten } from "../src/discovery/forgotten.ts";
import type { Hostnames } from "../src/discovery/hostnames.ts";
import type { Identity } from "../src/discovery/identity.ts";
import type { KnownAliases } from "../src/discovery/known-aliases.ts";
import { createScheduledDiscovery } from "../src/discovery/scheduled.ts";
import { errorText } from "../src/errors.ts";
import type { ProveOne } from "../src/mysql/one-process.ts";
import type { Servers } from "../src/mysql/servers.ts";
import { remembered } from "../src/mysql/settings.ts";
import { createStandby } from "../src/mysql/standby.ts";
import type { Discovery, Operator } from "../src/planning/operation.ts";
import type { Store } from "../src/store/contract.ts";
import { createWatchedClusters } from "../src/watching/watched-clusters.ts";
import { ensureWatches } from "../temporal/boot.ts";
import { createOperationAccess } from "../temporal/operation-access.ts";
import { createRunCheck } from "../temporal/operator.ts";
import { createRehearser } from "../temporal/rehearse.ts";
import { createRunRemover, ensureSchedules } from "../temporal/schedules.ts";
import { createTeller } from "../temporal/teller.ts";
import { createActivityDeps, textLog } from "./deps.ts";
import type { createHeldGroups } from "./held-groups.ts";
import { createRollingCloser } from "./rolling.ts";
import { createRowWork } from "./rows.ts";
import { trySeeds } from "./seeds.ts";
import { createStraightStart } from "./straight-start.ts";
import { createTellingInOrder } from "./telling-in-order.ts";
import type { TemporalSession } from "./temporal.ts";
import { watchSettings } from "./watch-settings.ts";
import { createWorkers, type Workers } from "./workers.ts";

interface WorkingDeps {
	readonly config: () => Configuration;
	readonly log: Logger;
	readonly node: { readonly hostname: string; readonly token: string };
	readonly store: Store;
	readonly servers: Servers;
	readonly hostnames: Hostnames;
	readonly aliases: KnownAliases;
	readonly identity: Identity;
	readonly proveOne: ProveOne;
	readonly forgotten: Forgotten;
	readonly discovery: Discovery;
	readonly operator: Operator;
	readonly events: ReturnType<typeof createChangeBus>;
	readonly groups: ReturnType<typeof createHeldGroups>;
	readonly temporal: TemporalSession;
	readonly signal: AbortSignal;
}

/** A rehearsal looks at every server over a connection of its own and puts the picture into a history: not for clusters of hundreds. */
const MOST_REHEARSED = 100;

/** A session that is open before a failover needs it costs a connection on each server: a node keeps so many. */
const MOST_STANDING_BY = 500;
/** Between two tries to open one to a server that cannot be reached. Milliseconds. */
const STANDBY_RETRY_MS = 5_000;

/** A failover that is begun at once, since a dead node's watch was taken over, needs the processors itself. Milliseconds. */
const WARMED_AFTER_MS = 2_000;

/** What a watcher tells of a cluster that it has seen whole for the first time. */
const completing = ({ temporal, log, store, config, signal }: WorkingDeps) => {
	const teller = createTeller(temporal.client);
	const straight = createStraightStart({
		client: temporal.client,
		weigh: createWeighing({ store, config, log, nowMs: Date.now }),
		isHeld: async (identity) =>
			(await store.operations.current(identity)) !== undefined,
		config,
		log: textLog(log),
	});
	const rehearse = createRehearser(temporal.client, textLog(log));
	/** One that ran on a node that is gone is replayed before a failure is told. */
	const warm = async (identity: string): Promise<void> => {
		await delay(WARMED_AFTER_MS, undefined, { ref: false, signal });
		await teller.warmEntity(identity);
	};
	return {
		tell: createTellingInOrder({
			prepare: straight,
			send: teller.analysisChanged,
		}),
		tellReturned: teller.instanceReturned,
		tellMoved: teller.primaryMoved,
		tellNamed: teller.named,
		onComplete: (identity: string, instances: number, alias: string): void => {
			teller.ensureEntity(identity, alias).then(
				() => {
					warm(identity).catch(() => undefined);
					if (instances <= MOST_REHEARSED) rehearse(identity);
				},
				(error: unknown) =>
					log.warn(
						`blind: the entity of ${identity} could not be started: ${errorText(error)}`,
					),
			);
		},
	};
};

/** The part of a node that watches, operates and keeps house. @throws when Temporal does not take it */
export const startWorking = async (deps: WorkingDeps): Promise<Workers> => {
	const { config, temporal, groups } = deps;
	const shared = { ...deps, log: textLog(deps.log), nowMs: Date.now };
	const scheduled = createScheduledDiscovery(shared);
	const watches = () =>
		ensureWatches(temporal.client, config().BatonWatchGroups);
	const standby = createStandby({
		servers: deps.servers,
		limits: { connectMs: 1_500, queryMs: 5_000 },
		retryMs: STANDBY_RETRY_MS,
	});
	deps.signal.addEventListener("abort", () => standby.close());
	const watched = createWatchedClusters((names) =>
		standby.keep(names.slice(0, MOST_STANDING_BY)),
	);
	const activityDeps = createActivityDeps({
		...deps,
		isRunning: createRunCheck(temporal.client),
		watched,
		standby,
	});
	const workers = await createWorkers({
		connection: temporal.connection,
		namespace: temporal.namespace,
		identity: `baton@${deps.node.hostname}`,
		deps: activityDeps,
		operator: () => deps.operator,
		access: createOperationAccess(temporal.client),
		rows: createRowWork({ ...shared, client: temporal.client }),
		watch: {
			...shared,
			...completing(deps),
			settings: remembered(config, watchSettings),
			audit: createAuditTrail(deps.store, config),
			onStored: deps.events.announce,
			storeTroubleTeller: groups.storeTroubleTeller,
			onHolding: groups.onHolding,
			watched,
			isTemporalReachable: deps.operator.isReachable,
			isStoreThere: () =>
				activityDeps.sight.check().then(
					() => true,
					() => false,
				),
			signal: deps.signal,
		},
		housekeeping: {
			...shared,
			ensureWatches: watches,
			removeOldRuns: createRunRemover(
				temporal.client,
				temporal.namespace,
				Date.now,
			),
			closeRollings: createRollingCloser(temporal.client, deps.store),
			discovery: scheduled,
		},
	});
	// Whoever holds the workers hears of it; until then nobody does.
	workers.done.catch(() => undefined);
	await deps.hostnames.load();
	await scheduled.adoptRows();
	await watches();
	await ensureSchedules(temporal.client, shared.log);
	void trySeeds(scheduled.trySeeds, deps.signal, shared.log);
	return workers;
};
