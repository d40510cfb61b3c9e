import { type AnalysisEntry, analyse } from "../analysis/analysis.ts";
import type { AnalysisSettings } from "../analysis/facts.ts";
import type { AnalysisChange } from "../analysis/finding.ts";
import { listed } from "../analysis/listing.ts";
import { channelsFrom } from "../topology/channels.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { createErrantLedger } from "./errant.ts";
import { Grounds } from "./grounds.ts";
import type { KeptInstance } from "./kept-instance.ts";
import { Membership } from "./membership.ts";
import { RoleWatch } from "./role-watch.ts";
import { standingOf } from "./standing.ts";
import { type StaleChange, StandingPositions } from "./standing-positions.ts";
import type { StoreView } from "./store-view.ts";
import { Telling } from "./telling.ts";

type ChangeSettings = AnalysisSettings & {
	readonly isSetAside: (host: string) => boolean;
};

/**
 * One cluster as its watcher sees it: the kept instances, the analysis of their latest probes, and what was told of it last.
 * Nothing is told before every instance was checked once by this watcher.
 */
export class ClusterWatch {
	readonly identity: string;
	readonly membership = new Membership();
	readonly telling = new Telling();
	readonly roleWatch = new RoleWatch();
	readonly grounds = new Grounds(() => this.members);
	/** By which alias its entity knows it; undefined as long as this watcher has not told it. */
	toldAlias: string | undefined;
	readonly standing = new StandingPositions();
	/** The code of each instance that has replicas, as of the last analysis. */
	readonly codes = new Map<InstanceName, string>();
	private currentView: StoreView;
	/** The configuration that the last analysis went by. */
	private settings: ChangeSettings | undefined;
	private readonly ledger = createErrantLedger();

	constructor(identity: string, view: StoreView) {
		this.identity = identity;
		this.currentView = view;
		this.membership.goesBy(view);
	}

	get view(): StoreView {
		return this.currentView;
	}

	set view(view: StoreView) {
		const before = this.currentView;
		this.currentView = view;
		this.membership.goesBy(view);
		if (before.heldBy !== undefined && view.heldBy === undefined)
			this.operationEnded(before.heldBy);
		if (view.mayAct && !before.mayAct) {
			this.telling.lookAnew();
			this.membership.hasChecks = true;
		}
		// A downtime or maintenance that began or ended changes findings though nobody was checked.
		for (const each of [before, view])
			if (each.downtimes.length + each.maintained.length > 0)
				this.membership.hasChecks = true;
	}

	/** What was told while it had the cluster may have come to nothing, but for what it has weighed itself. */
	private operationEnded(kind: string): void {
		this.telling.operationEnded(kind);
		if (kind === "adoption") return;
		this.roleWatch.tellAnew();
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
		this.standing.forget(name);
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
			// What a replica had of its own is the cluster's when it is the primary.
			const isTop = above.length === 0;
			if (isTop && this.membership.errantOf(kept.name) === "") continue;
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

	/** The servers whose next look tells whether what replicas have is their own. */
	sourcesInQuestion(): readonly KeptInstance[] {
		const names = new Set(
			this.ledger.undecided().flatMap((name) => {
				const [source] = this.membership.above(name);
				return source === undefined ? [] : [source];
			}),
		);
		return [...this.members.values()].filter(({ name }) => names.has(name));
	}

	/** Dates positions that stand still while commits may wait for acknowledgements. */
	compareStanding(nowMs: number): StaleChange {
		const latest = [...this.members.values()].map((kept) => kept.latest);
		return this.standing.compare(latest, nowMs);
	}

	/**
	 * The one server that is up, replicates from nobody and has replicas; undefined when that is not one. One that was replaced is not
	 * the primary again because some server still names it.
	 */
	presentPrimary(): InstanceName | undefined {
		const tops = this.membership
			.sources()
			.filter(({ latest }) => isLastCheckValid(latest) && !isReplica(latest));
		const [top] = tops;
		return top === undefined || tops.length > 1 || this.isReplaced(top.name)
			? undefined
			: top.name;
	}

	/** By the recorded primary, which is a member still and has not been put below it since. */
	private isReplaced(name: InstanceName): boolean {
		const { opening } = this.view;
		const primary = opening && this.members.get(opening.instance);
		return (
			primary !== undefined &&
			opening?.inPlaceOf.includes(name) === true &&
			!(
				isLastCheckValid(primary.latest) &&
				channelsFrom(primary.latest, name).some(
					({ receiver }) => receiver !== 0,
				)
			)
		);
	}

	snapshot(nowMs: number): Snapshot {
		return {
			identity: this.identity,
			clusterName: this.view.clusterName,
			clusterAlias: this.view.alias,
			clusterDomain: this.view.domain,
			takenAtMs: nowMs,
			...(this.view.role === undefined ? {} : { role: this.view.role }),
			replaced: this.view.replaced ?? [],
			instances: this.instances(),
			downtimes: this.view.downtimes.filter((each) =>
				this.members.has(each.instance),
			),
			maintained: this.view.maintained.filter((each) => this.members.has(each)),
			staleCoordinates: this.standing.all(),
		};
	}

	/** What the entity has to be told now, if anything. */
	change(settings: ChangeSettings, nowMs: number): AnalysisChange | undefined {
		this.membership.hasNews = false;
		if (!this.isComplete) return undefined;
		// Plans and decisions go by more of the configuration than is known here.
		if (this.settings !== undefined && this.settings !== settings)
			this.telling.lookAnew();
		this.settings = settings;
		const all = analyse(
			this.roleWatch.settled(this.snapshot(nowMs), nowMs),
			settings,
		);
		this.keepCodes(all);
		const toTell = this.telling.next(
			listed(
				all,
				{ isIgnored: settings.isSetAside, reduced: false },
				{ downtimed: true },
			).filter(
				(entry) =>
					entry.code !== "NoProblem" &&
					!this.grounds.isOutdated(entry, this.view.opening),
			),
			nowMs,
			{
				mayAct: this.view.mayAct,
				isBeingVerified: (entries) =>
					this.grounds.isBeingVerified(entries, nowMs),
				standing: () => standingOf(this.instances(), this.view.maintained),
			},
		);
		return toTell && { findings: this.grounds.declare(toTell, nowMs) };
	}

	private keepCodes(entries: readonly AnalysisEntry[]): void {
		this.codes.clear();
		for (const { instance, code, facts } of entries)
			if (facts.count > 0) this.codes.set(instance, code);
	}
}
