import { once, setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { AnalysisSettings } from "../analysis/facts.ts";
import type { AnalysisChange } from "../analysis/finding.ts";
import type { AuditTrail } from "../audit/audit-trail.ts";
import type { Forgotten } from "../discovery/forgotten.ts";
import type { Hostnames } from "../discovery/hostnames.ts";
import type { Identity } from "../discovery/identity.ts";
import type { KnownAliases } from "../discovery/known-aliases.ts";
import type { Ignores } from "../discovery/neighbours.ts";
import type { ProveOne } from "../mysql/one-process.ts";
import type { Servers } from "../mysql/servers.ts";
import type { BlockPeriods } from "../policy/recovery-table.ts";
import type { Store } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { createAliasWatch } from "./alias-watch.ts";
import { createAnalysing } from "./analysing.ts";
import { createCalmRound } from "./calm-round.ts";
import { createDoubles } from "./doubles.ts";
import { createFollower } from "./follower.ts";
import { inTurn } from "./in-turn.ts";
import { createIsolation } from "./isolation.ts";
import type { KeptDeps, PingLimits } from "./kept-instance.ts";
import { createLooking } from "./looking.ts";
import { createMarking } from "./marking.ts";
import { createNaming } from "./naming.ts";
import { createNotes } from "./notes.ts";
import { createPolling } from "./polling.ts";
import { createRefresh } from "./refresh.ts";
import { createRoster } from "./roster.ts";
import { createRounds } from "./rounds.ts";
import { createSettling } from "./settling.ts";
import { createSightings } from "./sightings.ts";
import { createStoreLines } from "./store-lines.ts";
import { createStrangers } from "./strangers.ts";
import { createVerification } from "./verification.ts";
import { createWatchedFences } from "./watched-fences.ts";
import { createWriter, type WriteSettings } from "./writer.ts";

export interface WatchSettings extends AnalysisSettings, WriteSettings {
	readonly connectMs: number;
	/** Of one statement of a poll. */
	readonly queryMs: number;
	readonly ping: PingLimits;
	/** DiscoveryIgnore*HostnameFilters: whom not to follow. */
	readonly ignores: Ignores;
	/** RecoveryIgnoreHostnameFilters: hosts whose findings are neither told nor acted on. */
	readonly isSetAside: (host: string) => boolean;
	readonly candidateExpiryMs: number;
	/** ClusterNameToAlias. */
	readonly aliasByName: (clusterName: string) => string;
	/** RecoverMasterClusterFilters names the cluster. */
	readonly isAutomatic: (cluster: { name: string; alias: string }) => boolean;
	readonly blockPeriods: BlockPeriods;
	/** AutoPseudoGTID. */
	readonly writesMarkers: boolean;
	/** DetectPromotionRuleQuery is configured. */
	readonly takesRules: boolean;
	/** Polls at once, and how many may wait (DiscoveryMaxConcurrency, DiscoveryQueueCapacity). */
	readonly mostPolls: number;
	readonly mostWaiting: number;
}

export interface WatcherDeps {
	readonly servers: Servers;
	readonly store: Store;
	readonly hostnames: Hostnames;
	readonly aliases: KnownAliases;
	readonly identity: Identity;
	readonly proveOne: ProveOne;
	/** Shared by all watchers of a node. */
	readonly forgotten: Forgotten;
	readonly settings: () => WatchSettings;
	readonly nowMs: () => number;
	readonly log: { warn(text: string): void; info(text: string): void };
	/** Tells the cluster's entity. May fail: it is told again. */
	readonly tell: (identity: string, change: AnalysisChange) => Promise<void>;
	/** A deposed primary is back. */
	readonly tellReturned: (
		identity: string,
		instance: InstanceName,
	) => Promise<void>;
	/** The servers have another primary than the one on record. */
	readonly tellMoved: (
		identity: string,
		instance: InstanceName,
	) => Promise<void>;
	/** The alias of the cluster. */
	readonly tellNamed: (identity: string, alias: string) => Promise<void>;
	/** Every server of the cluster has been checked once: from now on its analysis counts. */
	readonly onComplete: (
		identity: string,
		instances: number,
		alias: string,
	) => void;
	readonly audit: AuditTrail;
	/** The inventory changed in the store. */
	readonly onStored: () => void;
	/** The store does not do what is asked of it; empty when it does again. */
	readonly onStoreTrouble: (trouble: string) => void;
	/** Told each second which servers are watched. */
	readonly onServers: (names: readonly InstanceName[]) => void;
	/** Whether this watcher's group has the cluster. */
	readonly isMine: (identity: string) => boolean;
}

const REFRESH_MS = 1_000;
/** A store that does not answer does not keep a watcher from ending. */
const END_WITHIN_MS = 1_000;
const TICK_MS = 50;
const DIAL_TICK_MS = 10;
/** What nothing urgent asks for is analysed so often. */
const CALM_MS = 1_000;
/** Whose next Pseudo-GTID marker is due is looked for so often. */
const MARKING_MS = 1_000;
/** Servers under two names are looked for so often. */
const DOUBLES_MS = 2_000;

export interface Watcher {
	/** Watches until the signal says stop. */
	run(signal: AbortSignal): Promise<void>;
	/** The cluster as it is now, over the kept connections; undefined when this watcher does not have it whole. */
	lookNow: ReturnType<typeof createLooking>;
	/** Looks at the cluster anew, and has it in the store, before it answers; a hanging store or server is not waited for. */
	settle(identity: string): Promise<void>;
}

const stoppedFor = async (signal: AbortSignal, ms: number): Promise<void> => {
	if (!signal.aborted) await once(signal, "abort");
	await delay(ms);
};

/**
 * 1. No probe, analysis or telling waits for the store or for another server.
 * 2. An analysis follows at once what changes a sign, and each second what only time changes.
 */
export const createWatcher = (deps: WatcherDeps): Watcher => {
	const { log, nowMs, settings, store } = deps;
	let stopped = false;

	const { reading, writing } = createStoreLines({
		nowMs,
		log,
		onTrouble: deps.onStoreTrouble,
	});
	const writer = createWriter({
		store,
		line: writing,
		onStored: deps.onStored,
		settings,
	});
	const roster = createRoster({
		nowMs,
		forgotten: deps.forgotten,
		isMine: deps.isMine,
		isIgnored: (name) =>
			settings().ignores(name, "any") || deps.aliases.nameOf(name) !== name,
		keptDeps: () => keptDeps,
	});
	const verification = createVerification({
		deadlineMs: () => settings().ping.deadlineMs,
		silentPeriods: () => settings().silentPeriods,
		clusterOf: roster.clusterOf,
		isStopped: () => stopped,
		nowMs,
		log,
	});
	const strangers = createStrangers({
		leave: deps.identity.leave,
		writer,
		fenceOf: (name) => fences.of(name),
	});
	const follower = createFollower({
		...deps,
		roster,
		writer,
		isStranger: strangers.has,
		ignores: () => settings().ignores,
	});
	const doubles = createDoubles({ ...deps, roster, writer, line: reading });
	const aliases = createAliasWatch({
		...deps,
		roster,
		line: reading,
		isFenced: (name) => fences.has(name),
	});
	const naming = createNaming({
		...deps,
		writer,
		takesRules: () => settings().takesRules,
	});
	const notes = createNotes({ ...deps, writer });
	const limits = () => ({
		connectMs: settings().connectMs,
		queryMs: settings().queryMs,
	});
	const fences = createWatchedFences({ ...deps, roster, writer, limits });
	const marking = createMarking({
		...deps,
		roster,
		writer,
		isWanted: () => settings().writesMarkers,
		isFenced: fences.has,
		isStopped: () => stopped,
	});
	const refresh = inTurn(
		createRefresh({ ...deps, roster, onFences: fences.update }),
	);
	const polling = createPolling({
		settings,
		limits,
		nowMs,
		roster,
		isSuspect: verification.isSuspect,
		isFenced: fences.has,
	});

	const isolated = createIsolation(log);
	const analysing = createAnalysing(deps);
	const keptDeps: KeptDeps = {
		servers: deps.servers,
		nowMs,
		...createSightings({
			...deps,
			roster,
			writer,
			verification,
			strangers,
			follower,
			fences,
			isolated,
			analyseSoon: analysing.soon,
			limits,
			isStopped: () => stopped,
		}),
	};

	const calm = createCalmRound({
		roster,
		notes,
		naming,
		isolated,
		analyse: analysing.now,
		tellMoved: deps.tellMoved,
		tellNamed: deps.tellNamed,
		log,
		nowMs,
	});
	const every = createRounds(log);

	const lookNow = createLooking({
		clusterOf: roster.clusterNamed,
		isSuspect: verification.isSuspect,
		nowMs,
	});

	return {
		lookNow,
		settle: createSettling({
			clusterOf: roster.clusterNamed,
			refresh: () => reading.attempt(refresh),
			look: lookNow,
			writer,
			nowMs,
		}),
		run: async (signal) => {
			// Each loop below waits on it: more than the ten from which Node warns of a leak.
			setMaxListeners(0, signal);
			try {
				const loops = Promise.all([
					every(
						signal,
						() => REFRESH_MS,
						async () => {
							await reading.attempt(refresh);
							deps.onServers(roster.names());
							await reading.pause(signal);
						},
					),
					every(signal, () => TICK_MS, polling.tick),
					every(signal, () => DIAL_TICK_MS, fences.dial),
					every(signal, () => settings().ping.everyMs, polling.pingSources),
					every(signal, () => CALM_MS, calm),
					every(signal, () => MARKING_MS, marking.round),
					every(signal, () => DOUBLES_MS, doubles.look),
					every(signal, () => DOUBLES_MS, aliases.look),
					every(signal, () => DOUBLES_MS, aliases.lookForFenced),
					writer.run(signal),
				]);
				await Promise.race([loops, stoppedFor(signal, END_WITHIN_MS)]);
			} finally {
				stopped = true;
				analysing.close();
				roster.close();
			}
		},
	};
};
