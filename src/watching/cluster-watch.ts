import { type AnalysisEntry, analyse, findings } from "../analysis/analysis.ts";
import type { AnalysisSettings } from "../analysis/facts.ts";
import { type AnalysisChange, findingOf } from "../analysis/finding.ts";
import type { Silence } from "../planning/operation.ts";
import { derive } from "../topology/derive.ts";
import {
	type Instance,
	isLastCheckValid,
	isReplica,
	type PromotionRule,
	sourceOf,
} from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import type { Downtime, Snapshot } from "../topology/snapshot.ts";
import type { KeptInstance } from "./kept-instance.ts";

/** What the store says beside the probes; read once a second. */
export interface StoreView {
	readonly clusterName: string;
	readonly alias: string;
	readonly domain: string;
	readonly downtimes: readonly Downtime[];
	readonly rules: ReadonlyMap<InstanceName, PromotionRule>;
}

/** A finding that stands is told again after so long, so that a hook, a block or a downtime that ended is looked at anew. Milliseconds. */
const TELL_AGAIN_MS = 10_000;

/** A killed primary is known for dead within some 50 ms, a hung one after several heartbeats. Milliseconds. */
const VERIFY_MS = 1_000;

/**
 * One cluster as its watcher sees it: the kept instances, the analysis of their latest probes, and what was told of it last.
 * 1. Nothing is told before every instance was checked once by this watcher.
 * 2. The same findings are told once, and again every ten seconds while they call for something.
 */
export class ClusterWatch {
	readonly identity: string;
	readonly members = new Map<InstanceName, KeptInstance>();
	view: StoreView;
	private toldKey = "";
	private toldAtMs = 0;
	private readonly noticed = new Map<InstanceName, number>();

	constructor(identity: string, view: StoreView) {
		this.identity = identity;
		this.view = view;
	}

	get isComplete(): boolean {
		return (
			this.members.size > 0 &&
			[...this.members.values()].every((each) => each.isKnown)
		);
	}

	/** The instances with their place in the topology. */
	instances(): Instance[] {
		return derive(
			[...this.members.values()].map((kept) => {
				const rule = this.view.rules.get(kept.name);
				return rule === undefined
					? kept.latest
					: { ...kept.latest, promotionRule: rule };
			}),
		);
	}

	replicasOf(name: InstanceName): KeptInstance[] {
		return [...this.members.values()].filter(
			(each) => sourceOf(each.latest) === name,
		);
	}

	/** Others replicate from it. */
	isSource(name: InstanceName): boolean {
		return [...this.members.values()].some(
			(each) => sourceOf(each.latest) === name,
		);
	}

	/** The one server that is up, replicates from nobody and has replicas; undefined when that is not one. */
	presentPrimary(): InstanceName | undefined {
		const tops = [...this.members.values()].filter(
			(each) =>
				isLastCheckValid(each.latest) &&
				!isReplica(each.latest) &&
				this.isSource(each.name),
		);
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
	change(
		settings: AnalysisSettings & {
			readonly isSetAside: (host: string) => boolean;
		},
		nowMs: number,
	): AnalysisChange | undefined {
		if (!this.isComplete) return undefined;
		const entries = findings(analyse(this.snapshot(nowMs), settings)).filter(
			(entry) =>
				entry.code !== "NoProblem" &&
				!settings.isSetAside(splitName(entry.instance).host),
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
