import type { AnalysisEntry } from "../analysis/analysis.ts";
import { type Finding, findingOf } from "../analysis/finding.ts";
import type { Silence } from "../planning/operation.ts";
import { replacedSince } from "../policy/outdated.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Opening } from "../topology/opening.ts";
import type { KeptInstance } from "./kept-instance.ts";

/** A killed primary is known for dead within some 50 ms, a hung one after several heartbeats. Milliseconds. */
const VERIFY_MS = 1_000;

/**
 * What findings of a cluster stand on beside the analysis itself: since when an instance was suspected, when those were looked at that
 * say what it is to them, and what has been told of it.
 */
export class Grounds {
	private readonly members: () => ReadonlyMap<InstanceName, KeptInstance>;
	private readonly noticed = new Map<InstanceName, number>();
	private declared: ReadonlySet<InstanceName> = new Set();

	constructor(members: () => ReadonlyMap<InstanceName, KeptInstance>) {
		this.members = members;
	}

	noticedAt(name: InstanceName, nowMs: number): void {
		if (!this.noticed.has(name)) this.noticed.set(name, nowMs);
	}

	noLongerSuspect(name: InstanceName): void {
		this.noticed.delete(name);
	}

	isBeingVerified(entries: readonly AnalysisEntry[], nowMs: number): boolean {
		return entries.some(
			({ instance }) => nowMs - (this.noticed.get(instance) ?? 0) < VERIFY_MS,
		);
	}

	/** Something that can be acted on was told of the instance: an operation has what it goes by. */
	isDeclared(name: InstanceName): boolean {
		return this.declared.has(name);
	}

	/** What is told now, with what it stands on. */
	declare(entries: readonly AnalysisEntry[], nowMs: number): Finding[] {
		this.declared = new Set(
			entries.flatMap((each) => (each.isActionable ? [each.instance] : [])),
		);
		return entries.map((entry) =>
			findingOf(entry, {
				noticedAtMs: this.noticed.get(entry.instance) ?? nowMs,
				declaredAtMs: nowMs,
				lookedAtMs: this.lookedAtMs(entry),
				silence: this.silences(entry),
			}),
		);
	}

	/** It was found when another server had not yet taken its place, or nobody had looked since. */
	isOutdated(entry: AnalysisEntry, opening: Opening | undefined): boolean {
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

	/** That it has replicas say the looks at those; where there are none it is all about itself. */
	private lookedAtMs({ facts, instance }: AnalysisEntry): number {
		const members = this.members();
		const { replicas } = facts;
		return replicas.length === 0
			? (members.get(instance)?.latest.check.checkedAtMs ?? 0)
			: Math.max(
					...replicas.map(({ name }) => members.get(name)?.lookedAtMs ?? 0),
				);
	}

	private silences(entry: AnalysisEntry): Record<InstanceName, Silence> {
		const members = this.members();
		return Object.fromEntries(
			entry.facts.replicas.flatMap((each) => {
				const kept = members.get(each.name);
				return kept?.isDatedHere === true && each.replication.receiver === 1
					? [[each.name, kept.silence]]
					: [];
			}),
		);
	}
}
