import { type AnalysisEntry, analyse } from "../analysis/analysis.ts";
import type { AnalysisSettings } from "../analysis/facts.ts";
import { type AnalysisChange, findingOf } from "../analysis/finding.ts";
import { listed } from "../analysis/listing.ts";
import type { Silence } from "../planning/operation.ts";
import {
	type Coordinates,
	type Instance,
	isLastCheckValid,
	isReplica,
	type PromotionRule,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type {
	Downtime,
	Snapshot,
	StaleCoordinates,
} from "../topology/snapshot.ts";
import { createErrantLedger } from "./errant.ts";
import type { KeptInstance } from "./kept-instance.ts";
import { Membership } from "./membership.ts";

/** What the store says beside the probes; read once a second. */
export interface StoreView {
	readonly clusterName: string;
	readonly alias: string;
	readonly domain: string;
	readonly downtimes: readonly Downtime[];
	readonly rules: ReadonlyMap<InstanceName, PromotionRule>;
	/** Instances under maintenance. */
	readonly maintained: readonly InstanceName[];
	/** The alias that the configuration gives this cluster's name (ClusterNameToAlias); empty for none. */
	readonly mappedAlias: string;
	/** Which identity has an alias now, of all clusters. */
	readonly aliasHolders: ReadonlyMap<string, string>;
}

/** A finding that stands is told again after so long, so that a hook, a block or a downtime that ended is looked at anew. Milliseconds. */
const TELL_AGAIN_MS = 10_000;

/** What travels through a workflow's history stays small, whatever breaks at once: those that call for something come first. */
const MOST_TOLD = 50;

/** When so many things are amiss, what calls for nothing is not told more often than each second. */
const MANY = 10;
const MANY_AGAIN_MS = 1_000;

/** A killed primary is known for dead within some 50 ms, a hung one after several heartbeats. Milliseconds. */
const VERIFY_MS = 1_000;

/** A source that commits with acknowledgements has fewer acknowledging replicas than it waits for (detection.md §12). */
const mayWaitForAcks = ({ check, semiSync }: Instance): boolean =>
	check.seenAtMs > 0 &&
	semiSync.sourceEnabled &&
	semiSync.sourceActive &&
	semiSync.waitForReplicaCount > 0 &&
	semiSync.clients < semiSync.waitForReplicaCount;

const isAt = (a: Coordinates, b: Coordinates): boolean =>
	a.file === b.file && a.position === b.position;

const urgency = (entry: AnalysisEntry): number =>
	(entry.isActionable ? 2 : 0) + (entry.recovery === "none" ? 0 : 1);

const firstOf = (entries: readonly AnalysisEntry[]): AnalysisEntry[] =>
	entries.length <= MOST_TOLD
		? [...entries]
		: entries.toSorted((a, b) => urgency(b) - urgency(a)).slice(0, MOST_TOLD);

type ChangeSettings = AnalysisSettings & {
	readonly isSetAside: (host: string) => boolean;
};

/** What became of the positions of primaries that may wait for acknowledgements. */
export interface StaleChange {
	readonly noted: readonly StaleCoordinates[];
	readonly over: readonly InstanceName[];
}

/**
 * One cluster as its watcher sees it: the kept instances, the analysis of their latest probes, and what was told of it last.
 * 1. Nothing is told before every instance was checked once by this watcher.
 * 2. The same findings are told once, and again every ten seconds while they call for something.
 */
export class ClusterWatch {
	readonly identity: string;
	readonly membership = new Membership();
	/** The code of each instance that has replicas, as of the last analysis. */
	readonly codes = new Map<InstanceName, string>();
	private currentView: StoreView;
	private toldKey = "";
	private toldAtMs = 0;
	private toldCount = 0;
	private readonly noticed = new Map<InstanceName, number>();
	private readonly stale = new Map<InstanceName, StaleCoordinates>();
	private readonly ledger = createErrantLedger();

	constructor(identity: string, view: StoreView) {
		this.identity = identity;
		this.currentView = view;
		this.membership.goesBy(view.clusterName);
	}

	get view(): StoreView {
		return this.currentView;
	}

	set view(view: StoreView) {
		const before = this.currentView;
		this.currentView = view;
		this.membership.goesBy(view.clusterName);
		// A downtime or maintenance that began or ended changes findings though nobody was checked.
		for (const each of [before, view])
			if (each.downtimes.length + each.maintained.length > 0)
				this.membership.hasChecks = true;
	}

	get members(): ReadonlyMap<InstanceName, KeptInstance> {
		return this.membership.members;
	}

	add(kept: KeptInstance): void {
		this.membership.add(kept);
	}

	remove(name: InstanceName): void {
		this.membership.remove(name);
		this.ledger.forget(name);
		this.codes.delete(name);
	}

	get isComplete(): boolean {
		if (this.members.size === 0) return false;
		for (const each of this.members.values()) if (!each.isKnown) return false;
		return true;
	}

	/** The instances with their place in the topology. */
	instances(): Instance[] {
		return [...this.members.values()].map((kept) => this.instance(kept));
	}

	/** One of them. */
	instance(kept: KeptInstance): Instance {
		return this.membership.instance(kept, this.view);
	}

	replicasOf(name: InstanceName): KeptInstance[] {
		return this.membership.replicasOf(name);
	}

	/** Others replicate from it. */
	isSource(name: InstanceName): boolean {
		return this.membership.isSource(name);
	}

	/** Replicas that were, or whose source was, checked since: what they have that their source lacks. */
	compareGtids(): void {
		for (const kept of this.members.values()) {
			const above = this.membership.above(kept.name);
			if (above.length === 0) continue;
			const errant = this.ledger.compare(
				this.instance(kept),
				above.flatMap((name) => {
					const server = this.members.get(name);
					return server === undefined ? [] : [this.instance(server)];
				}),
			);
			if (errant !== undefined) this.membership.setErrant(kept.name, errant);
		}
	}

	/** Positions first seen by another watcher. */
	recall(known: readonly StaleCoordinates[]): void {
		for (const each of known)
			if (this.members.has(each.instance) && !this.stale.has(each.instance))
				this.stale.set(each.instance, each);
	}

	/** Dates positions that stand still while commits may wait for acknowledgements. */
	noteStale(nowMs: number): StaleChange {
		const noted: StaleCoordinates[] = [];
		const over: InstanceName[] = [];
		for (const { name, latest } of this.members.values()) {
			const before = this.stale.get(name);
			if (!mayWaitForAcks(latest)) {
				if (this.stale.delete(name)) over.push(name);
			} else if (
				before === undefined ||
				!isAt(before.coordinates, latest.selfCoordinates)
			) {
				const now = {
					instance: name,
					coordinates: latest.selfCoordinates,
					firstSeenAtMs: nowMs,
				};
				this.stale.set(name, now);
				noted.push(now);
			}
		}
		return { noted, over };
	}

	/** Primaries whose position has to be looked at often. */
	get waitingForAcks(): ReadonlySet<InstanceName> {
		return new Set(this.stale.keys());
	}

	/** The one server that is up, replicates from nobody and has replicas; undefined when that is not one. */
	presentPrimary(): InstanceName | undefined {
		const tops = this.membership
			.sources()
			.filter(({ latest }) => isLastCheckValid(latest) && !isReplica(latest));
		return tops.length === 1 ? tops[0]?.name : undefined;
	}

	noticedAt(name: InstanceName, nowMs: number): void {
		if (!this.noticed.has(name)) this.noticed.set(name, nowMs);
	}

	noLongerSuspect(name: InstanceName): void {
		this.noticed.delete(name);
	}

	snapshot(nowMs: number): Snapshot {
		return {
			identity: this.identity,
			clusterName: this.view.clusterName,
			clusterAlias: this.view.alias,
			clusterDomain: this.view.domain,
			takenAtMs: nowMs,
			instances: this.instances(),
			downtimes: this.view.downtimes.filter((each) =>
				this.members.has(each.instance),
			),
			maintained: this.view.maintained.filter((each) => this.members.has(each)),
			staleCoordinates: [...this.stale.values()],
		};
	}

	/** A verification runs that may soon call the failure by its name: what is not actionable yet waits for it. */
	private isBeingVerified(
		entries: readonly AnalysisEntry[],
		nowMs: number,
	): boolean {
		return (
			!entries.some((each) => each.isActionable) &&
			entries.some(
				(each) => nowMs - (this.noticed.get(each.instance) ?? 0) < VERIFY_MS,
			)
		);
	}

	/** What the entity has to be told now, if anything. */
	change(settings: ChangeSettings, nowMs: number): AnalysisChange | undefined {
		this.membership.hasNews = false;
		if (!this.isComplete) return undefined;
		const all = analyse(this.snapshot(nowMs), settings);
		this.keepCodes(all);
		const entries = firstOf(
			listed(
				all,
				{ isIgnored: settings.isSetAside, reduced: false },
				{ downtimed: true },
			).filter((entry) => entry.code !== "NoProblem"),
		);
		const key = JSON.stringify(
			entries.map((each) => [
				each.instance,
				each.code,
				each.isActionable,
				each.isDowntimed,
			]),
		);
		const calls = entries.some((each) => each.recovery !== "none");
		const isNews =
			key !== this.toldKey && !(this.toldKey === "" && entries.length === 0);
		const isDue = calls && nowMs - this.toldAtMs >= TELL_AGAIN_MS;
		if (!isNews && !isDue) return undefined;
		if (this.isBeingVerified(entries, nowMs)) return undefined;
		const isMany = Math.max(entries.length, this.toldCount) > MANY;
		const isUrgent = entries.some((each) => each.isActionable);
		if (isMany && !isUrgent && nowMs - this.toldAtMs < MANY_AGAIN_MS)
			return undefined;
		this.toldCount = entries.length;
		this.toldKey = key;
		this.toldAtMs = nowMs;
		return {
			findings: entries.map((entry) =>
				findingOf(
					entry,
					this.noticed.get(entry.instance) ?? nowMs,
					nowMs,
					this.silences(entry),
				),
			),
		};
	}

	private keepCodes(entries: readonly AnalysisEntry[]): void {
		this.codes.clear();
		for (const { instance, code, facts } of entries)
			if (facts.count > 0) this.codes.set(instance, code);
	}

	/** Telling failed: it is tried again at the next occasion. */
	notTold(): void {
		this.toldKey = "?";
	}

	private silences(entry: AnalysisEntry): Record<InstanceName, Silence> {
		return Object.fromEntries(
			entry.facts.replicas.flatMap((each) => {
				const kept = this.members.get(each.name);
				return kept?.isDatedHere === true && each.replication.receiver === 1
					? [[each.name, kept.silence]]
					: [];
			}),
		);
	}
}
