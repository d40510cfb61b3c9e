import { type AnalysisEntry, analyse } from "../analysis/analysis.ts";
import type { AnalysisSettings } from "../analysis/facts.ts";
import { type AnalysisChange, findingOf } from "../analysis/finding.ts";
import { listed } from "../analysis/listing.ts";
import type { Silence } from "../planning/operation.ts";
import { replacedSince } from "../policy/outdated.ts";
import { channelsFrom } from "../topology/channels.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	type PromotionRule,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Opening } from "../topology/opening.ts";
import type { Role } from "../topology/role.ts";
import type { Downtime, Snapshot } from "../topology/snapshot.ts";
import { createErrantLedger } from "./errant.ts";
import type { KeptInstance } from "./kept-instance.ts";
import { Membership } from "./membership.ts";
import { RoleWatch } from "./role-watch.ts";
import { standingOf } from "./standing.ts";
import { type StaleChange, StandingPositions } from "./standing-positions.ts";
import { Telling } from "./telling.ts";

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
	/** Who is the primary by somebody's word; missing where nobody is yet. */
	readonly role?: Role;
	/** The operation that made the cluster's primary what it is; missing where none has. */
	readonly opening?: Opening;
	/** Whom its recorded primary has replaced. */
	readonly replaced?: readonly InstanceName[];
	/** Of what kind the operation is that holds the cluster. */
	readonly heldBy?: string;
	/** Neither the global switch, nor the filter, nor an earlier recovery speaks against a failover by itself. */
	readonly mayAct: boolean;
}

/** A killed primary is known for dead within some 50 ms, a hung one after several heartbeats. Milliseconds. */
const VERIFY_MS = 1_000;

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
	/** By which alias its entity knows it; undefined as long as this watcher has not told it. */
	toldAlias: string | undefined;
	private declared: ReadonlySet<InstanceName> = new Set();
	readonly standing = new StandingPositions();
	/** The code of each instance that has replicas, as of the last analysis. */
	readonly codes = new Map<InstanceName, string>();
	private currentView: StoreView;
	/** The configuration that the last analysis went by. */
	private settings: ChangeSettings | undefined;
	private readonly noticed = new Map<InstanceName, number>();
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
			this.telling.operationEnded(before.heldBy);
		if (view.mayAct && !before.mayAct) {
			this.telling.lookAnew();
			this.membership.hasChecks = true;
		}
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

	noticedAt(name: InstanceName, nowMs: number): void {
		if (!this.noticed.has(name)) this.noticed.set(name, nowMs);
	}

	noLongerSuspect(name: InstanceName): void {
		this.noticed.delete(name);
	}

	/** Something that can be acted on was told of the instance: an operation has what it goes by. */
	isDeclared(name: InstanceName): boolean {
		return this.declared.has(name);
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
				(entry) => entry.code !== "NoProblem" && !this.isOutdated(entry),
			),
			nowMs,
			{
				mayAct: this.view.mayAct,
				isBeingVerified: (entries) =>
					entries.some(
						({ instance }) =>
							nowMs - (this.noticed.get(instance) ?? 0) < VERIFY_MS,
					),
				standing: () => standingOf(this.instances(), this.view.maintained),
			},
		);
		if (toTell !== undefined)
			this.declared = new Set(
				toTell.flatMap((each) => (each.isActionable ? [each.instance] : [])),
			);
		return (
			toTell && {
				findings: toTell.map((entry) =>
					findingOf(entry, {
						noticedAtMs: this.noticed.get(entry.instance) ?? nowMs,
						declaredAtMs: nowMs,
						lookedAtMs: this.lookedAtMs(entry),
						silence: this.silences(entry),
					}),
				),
			}
		);
	}

	private keepCodes(entries: readonly AnalysisEntry[]): void {
		this.codes.clear();
		for (const { instance, code, facts } of entries)
			if (facts.count > 0) this.codes.set(instance, code);
	}

	/** That it has replicas say the looks at those; where there are none it is all about itself. */
	private lookedAtMs({ facts, instance }: AnalysisEntry): number {
		const { replicas } = facts;
		return replicas.length === 0
			? (this.members.get(instance)?.latest.check.checkedAtMs ?? 0)
			: Math.max(
					...replicas.map(
						({ name }) => this.members.get(name)?.lookedAtMs ?? 0,
					),
				);
	}

	/** It was found when another server had not yet taken its place, or nobody had looked since. */
	private isOutdated(entry: AnalysisEntry): boolean {
		const { opening } = this.view;
		return (
			opening !== undefined &&
			replacedSince(
				{ instance: entry.instance, lookedAtMs: this.lookedAtMs(entry) },
				opening.inPlaceOf.map((instance) => ({
					instance,
					successor: opening.instance,
					atMs: opening.atMs,
				})),
			) !== undefined
		);
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
