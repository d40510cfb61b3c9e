import { derive } from "../topology/derive.ts";
import {
	type Instance,
	isLastCheckValid,
	type PromotionRule,
	sourceOf,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { ancestorsOf, lineageOf } from "../topology/lineage.ts";
import { asOpened, type Opening } from "../topology/opening.ts";
import { onRecord, type Role } from "../topology/role.ts";
import type { KeptInstance } from "./kept-instance.ts";
import { isElsewhere, isNewsworthy } from "./signs.ts";

/** Where an instance stands in its cluster, as far as it follows from who replicates from whom. */
interface Place {
	readonly clusterName: string;
	readonly depth: number;
	readonly isCoMaster: boolean;
	readonly ancestryUuid: string;
	/** The servers above it, nearest first. */
	readonly above: readonly InstanceName[];
}

interface Placed {
	readonly of: Instance;
	readonly place: Place;
	readonly rule: PromotionRule | undefined;
	readonly errant: string;
	readonly alias: string;
	readonly instance: Instance;
}

const NOWHERE: Place = {
	clusterName: "",
	depth: 0,
	isCoMaster: false,
	ancestryUuid: "",
	above: [],
};

/**
 * The watched instances of one cluster, and who replicates from whom among them.
 * 1. What is asked for often (replicas of, is a source, the place of an instance) is looked up, not searched: a cluster may have
 *    thousands of members, each checked every few seconds.
 * 2. Places are derived again only when one of the members changed its own.
 */
export class Membership {
	/** Something changed that an analysis should see without delay. */
	hasNews = false;
	/** Somebody was checked since this was last set to false. */
	hasChecks = false;
	private readonly kept = new Map<InstanceName, KeptInstance>();
	private readonly followers = new Map<InstanceName, Set<KeptInstance>>();
	private readonly errants = new Map<InstanceName, string>();
	private readonly placed = new Map<InstanceName, Placed>();
	private places: ReadonlyMap<InstanceName, Place> | undefined;
	private clusterName = "";
	private role: Pick<Role, "primary"> | undefined;
	private opening: Opening | undefined;
	/** The source below which each is entered. */
	private readonly entered = new Map<InstanceName, InstanceName>();

	get members(): ReadonlyMap<InstanceName, KeptInstance> {
		return this.kept;
	}

	add(kept: KeptInstance): void {
		this.kept.set(kept.name, kept);
		this.enter(kept);
		kept.onSeen = (before) => this.seen(kept, before);
		this.changed();
	}

	remove(name: InstanceName): void {
		const kept = this.kept.get(name);
		if (kept === undefined) return;
		kept.onSeen = () => undefined;
		this.leave(kept);
		this.kept.delete(name);
		this.placed.delete(name);
		this.errants.delete(name);
		this.changed();
	}

	/** A ring keeps the name that it has; a tree goes by its recorded primary; who was opened counts as such. */
	goesBy({
		clusterName,
		role,
		opening,
	}: {
		readonly clusterName: string;
		readonly role?: Pick<Role, "primary"> | undefined;
		readonly opening?: Opening | undefined;
	}): void {
		if (
			clusterName === this.clusterName &&
			role?.primary === this.role?.primary &&
			opening?.instance === this.opening?.instance &&
			opening?.atMs === this.opening?.atMs
		)
			return;
		this.clusterName = clusterName;
		this.role = role;
		this.opening = opening;
		this.enterAll();
		this.changed();
	}

	private asItCounts({ latest }: KeptInstance): Instance {
		const { opening } = this;
		const opened = opening && this.kept.get(opening.instance)?.latest;
		return asOpened(latest, opening, opened);
	}

	/** @returns whether somebody is below another source than before */
	private enterAll(): boolean {
		this.placed.clear();
		return (
			[...this.kept.values()].filter((each) => this.enter(each)).length > 0
		);
	}

	replicasOf(name: InstanceName): KeptInstance[] {
		return [...(this.followers.get(name) ?? [])];
	}

	/** Others replicate from it. */
	isSource(name: InstanceName): boolean {
		return this.followers.has(name);
	}

	/** The members that others replicate from. */
	sources(): KeptInstance[] {
		return [...this.followers.keys()].flatMap(
			(name) => this.kept.get(name) ?? [],
		);
	}

	errantOf(name: InstanceName): string {
		return this.errants.get(name) ?? "";
	}

	setErrant(name: InstanceName, errant: string): void {
		if (errant === this.errantOf(name)) return;
		if (errant === "") this.errants.delete(name);
		else this.errants.set(name, errant);
		this.hasNews = true;
	}

	/** The servers above it, nearest first. */
	above(name: InstanceName): readonly InstanceName[] {
		return (this.placesNow().get(name) ?? NOWHERE).above;
	}

	/** The member with its place in the topology; the very object of before when nothing changed. */
	instance(
		kept: KeptInstance,
		view: {
			readonly rules: ReadonlyMap<InstanceName, PromotionRule>;
			readonly mappedAlias: string;
		},
	): Instance {
		const place = this.placesNow().get(kept.name) ?? NOWHERE;
		const rule = view.rules.get(kept.name);
		const errant = this.errantOf(kept.name);
		const alias = this.aliasOf(kept, place) || view.mappedAlias;
		const last = this.placed.get(kept.name);
		if (
			last?.of === kept.latest &&
			last.place === place &&
			last.rule === rule &&
			last.errant === errant &&
			last.alias === alias
		)
			return last.instance;
		const { above: _, ...own } = place;
		const instance: Instance = {
			...this.asItCounts(kept),
			...own,
			errantGtid: errant,
			suggestedClusterAlias: alias,
			...(rule === undefined ? {} : { promotionRule: rule }),
		};
		this.placed.set(kept.name, {
			of: kept.latest,
			place,
			rule,
			errant,
			alias,
			instance,
		});
		return instance;
	}

	/** A replica takes the alias of the server at the top, before what it says itself. */
	private aliasOf(kept: KeptInstance, place: Place): string {
		const top = this.kept.get(place.above.at(-1) ?? kept.name);
		return (
			(top?.latest.suggestedClusterAlias ?? "") ||
			kept.latest.suggestedClusterAlias
		);
	}

	private placesNow(): ReadonlyMap<InstanceName, Place> {
		this.places ??= placesOf(
			[...this.kept.values()].map((kept) => ({
				...this.asItCounts(kept),
				clusterName: this.clusterName,
			})),
			onRecord(this.role),
		);
		return this.places;
	}

	private changed(): void {
		this.places = undefined;
		this.hasNews = true;
		this.hasChecks = true;
	}

	private seen(kept: KeptInstance, before: Instance): void {
		const { latest } = kept;
		this.hasChecks = true;
		// How the others count depends on whether the one that was opened is seen.
		const isMoved =
			kept.name === this.opening?.instance &&
			isLastCheckValid(before) !== isLastCheckValid(latest)
				? this.enterAll()
				: this.enter(kept);
		if (isMoved || isElsewhere(before, latest)) this.changed();
		else if (isNewsworthy(before, latest)) this.hasNews = true;
	}

	/** Below the source that it has now. @returns whether that is another one than before */
	private enter(kept: KeptInstance): boolean {
		const source = sourceOf(this.asItCounts(kept));
		if (source === this.entered.get(kept.name)) return false;
		this.leave(kept);
		if (source === undefined) return true;
		this.entered.set(kept.name, source);
		const siblings = this.followers.get(source);
		if (siblings === undefined) this.followers.set(source, new Set([kept]));
		else siblings.add(kept);
		return true;
	}

	private leave(kept: KeptInstance): void {
		const source = this.entered.get(kept.name);
		this.entered.delete(kept.name);
		const siblings =
			source === undefined ? undefined : this.followers.get(source);
		if (source === undefined || siblings === undefined) return;
		siblings.delete(kept);
		if (siblings.size === 0) this.followers.delete(source);
	}
}

const placesOf = (
	instances: readonly Instance[],
	recorded: ReadonlySet<string>,
): ReadonlyMap<InstanceName, Place> => {
	const lineage = lineageOf(instances);
	return new Map(
		derive(instances, recorded).map((each) => [
			each.name,
			{
				clusterName: each.clusterName,
				depth: each.depth,
				isCoMaster: each.isCoMaster,
				ancestryUuid: each.ancestryUuid,
				above: ancestorsOf(lineage, each).map(({ name }) => name),
			},
		]),
	);
};
