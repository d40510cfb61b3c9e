import type { AnalysisEntry } from "../analysis/analysis.ts";

/** A finding that stands is told again after so long, so that a hook, a block or a downtime that ended is looked at anew. Milliseconds. */
const TELL_AGAIN_MS = 10_000;

/** So long after an operation has let go its entity has surely heard of its end: what it heard before counts for nothing. Milliseconds. */
const HEARD_MS = 300;

/** What travels through a workflow's history stays small, whatever breaks at once: those that call for something come first. */
const MOST_TOLD = 50;

/** When so many things are amiss, what calls for nothing is not told more often than each second. */
const MANY = 10;
const MANY_AGAIN_MS = 1_000;

const urgency = (entry: AnalysisEntry): number =>
	(entry.isActionable ? 2 : 0) + (entry.recovery === "none" ? 0 : 1);

const firstOf = (entries: readonly AnalysisEntry[]): AnalysisEntry[] =>
	entries.length <= MOST_TOLD
		? [...entries]
		: entries.toSorted((a, b) => urgency(b) - urgency(a)).slice(0, MOST_TOLD);

/** Two analyses of the same key say the same. Empty lists have one, too: that all is well again is news. */
const keyOf = (entries: readonly AnalysisEntry[]): string =>
	JSON.stringify(
		entries.map((each) => [
			each.instance,
			each.code,
			each.isActionable,
			each.isDowntimed,
		]),
	);

/**
 * What of an analysis is told to the cluster's entity, and when.
 * The same findings are told once, and again every ten seconds while they call for something, and when an operation has ended.
 */
export class Telling {
	private toldKey = "";
	private toldAtMs = 0;
	private toldCount = 0;
	/** What was told first since an operation has ended: what is told while another one runs is not considered then. */
	private firstKey = "";
	/** An operation has ended: what stands is told once more, at that time. Infinity where none has, 0 where the time is yet to be set. */
	private againAtMs = Number.POSITIVE_INFINITY;

	/**
	 * @param isBeingVerified a verification runs that may soon call the failure by its name
	 * @returns what has to be told now; undefined for nothing
	 */
	next(
		all: readonly AnalysisEntry[],
		nowMs: number,
		isBeingVerified: (entries: readonly AnalysisEntry[]) => boolean,
	): readonly AnalysisEntry[] | undefined {
		if (this.againAtMs === 0) this.againAtMs = nowMs + HEARD_MS;
		const entries = firstOf(all);
		const key = keyOf(entries);
		const isNews =
			key !== this.toldKey && !(this.toldKey === "" && entries.length === 0);
		if (!isNews && !this.isDue(entries, nowMs)) return undefined;
		// What is not actionable yet waits for the verification.
		const isUrgent = entries.some((each) => each.isActionable);
		if (!isUrgent && isBeingVerified(entries)) return undefined;
		const isMany = Math.max(entries.length, this.toldCount) > MANY;
		if (isMany && !isUrgent && nowMs - this.toldAtMs < MANY_AGAIN_MS)
			return undefined;
		this.toldCount = entries.length;
		this.toldKey = key;
		this.toldAtMs = nowMs;
		if (this.firstKey === "" && isUrgent) this.firstKey = key;
		if (nowMs >= this.againAtMs) this.againAtMs = Number.POSITIVE_INFINITY;
		return entries;
	}

	/**
	 * An operation let go of the cluster: what stands is to be considered anew. Not what a recovery began with, and could not mend: a
	 * hook that forbids it would run without a pause.
	 */
	operationEnded(kind: string): void {
		const isWhatItBeganWith =
			kind === "recovery" && this.toldKey === this.firstKey;
		if (!isWhatItBeganWith) this.againAtMs = 0;
		this.firstKey = "";
	}

	/** It failed: it is tried again at the next occasion. */
	failed(): void {
		this.toldKey = "?";
	}

	private isDue(entries: readonly AnalysisEntry[], nowMs: number): boolean {
		return (
			(nowMs - this.toldAtMs >= TELL_AGAIN_MS || nowMs >= this.againAtMs) &&
			entries.some((each) => each.recovery !== "none")
		);
	}
}
