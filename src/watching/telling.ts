import type { AnalysisEntry } from "../analysis/analysis.ts";

/**
 * A finding that stands is told again after a pause, which grows: whoever heard it may be gone, and what is decided about it may depend on
 * something that nobody has thought of. What is known to change the decision is told at once. Milliseconds.
 */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 600_000;
/**
 * Where nothing speaks against a failover by itself, which has begun and come to nothing then, it is a minute at most at first, and a
 * tenth of the time that it stands later on.
 */
const LONGEST_TO_BE_ACTED_ON_MS = 60_000;
const SHARE_TO_BE_ACTED_ON = 0.1;

/** So long after an operation has let go its entity has surely heard of its end: what it heard before counts for nothing. Milliseconds. */
const HEARD_MS = 300;

/** What travels through a workflow's history stays small, whatever breaks at once: those that call for something come first. */
const MOST_TOLD = 50;

/** When so many things are amiss, what calls for nothing is not told more often than each second. */
const MANY = 10;
const MANY_AGAIN_MS = 1_000;

const callsForSomething = ({ recovery }: AnalysisEntry): boolean =>
	recovery !== "none";

const urgency = (entry: AnalysisEntry): number =>
	(entry.isActionable ? 2 : 0) + (callsForSomething(entry) ? 1 : 0);

const firstOf = (entries: readonly AnalysisEntry[]): AnalysisEntry[] =>
	entries.length <= MOST_TOLD
		? [...entries]
		: entries.toSorted((a, b) => urgency(b) - urgency(a)).slice(0, MOST_TOLD);

/** Some finding calls for a failover by itself, and nothing is known that speaks against it. */
const isToBeActedOn = (
	entries: readonly AnalysisEntry[],
	{ mayAct }: Circumstances,
): boolean =>
	mayAct &&
	entries.some(
		(each) =>
			each.isActionable && !each.isDowntimed && each.recovery === "primary",
	);

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

/** What a telling goes by beside the findings. */
export interface Circumstances {
	/** Nothing that the store or the configuration says speaks against a failover by itself. */
	readonly mayAct: boolean;
	/** A verification runs that may soon call the failure by its name. */
	readonly isBeingVerified: (entries: readonly AnalysisEntry[]) => boolean;
	/** Another text as soon as the servers stand otherwise, as far as a failover depends on it. */
	readonly standing: () => string;
}

/**
 * What of an analysis is told to the cluster's entity, and when.
 * 1. The same findings are told once, and again while they call for something: at once when what is decided about them depends on
 *    something that has changed, and else after a pause that grows.
 * 2. What calls for nothing is told once.
 */
export class Telling {
	private toldKey = "";
	private toldAtMs = 0;
	private toldCount = 0;
	/** How the servers stood when it was told last. */
	private toldStanding = "";
	private pauseMs = FIRST_PAUSE_MS;
	/** Since when it is told for no other reason than that it stands. */
	private standsSinceMs = 0;
	/** What was told first since an operation has ended: what is told while another one runs is not considered then. */
	private firstKey = "";
	/** What stands is told once more, at that time. Infinity where nothing calls for it, 0 where the time is yet to be set. */
	private againAtMs = Number.POSITIVE_INFINITY;

	/** @returns what has to be told now; undefined for nothing */
	next(
		all: readonly AnalysisEntry[],
		nowMs: number,
		circumstances: Circumstances,
	): readonly AnalysisEntry[] | undefined {
		if (this.againAtMs === 0) this.againAtMs = nowMs + HEARD_MS;
		const entries = firstOf(all);
		const key = keyOf(entries);
		const isNews =
			key !== this.toldKey && !(this.toldKey === "" && entries.length === 0);
		const isUrgent = entries.some((each) => each.isActionable);
		const isToAct = isToBeActedOn(entries, circumstances);
		const standing = isToAct ? circumstances.standing() : "";
		// What came to nothing may come to something when the servers stand otherwise.
		const hasMoved = !["", this.toldStanding].includes(standing);
		const isAgain = nowMs >= this.againAtMs;
		const pauseMs = hasMoved ? FIRST_PAUSE_MS : this.pauseFor(isToAct, nowMs);
		const isDue = Number.isFinite(this.againAtMs)
			? isAgain
			: nowMs - this.toldAtMs >= pauseMs;
		if (!isNews && !(isDue && entries.some(callsForSomething)))
			return undefined;
		// What is not actionable yet waits for the verification.
		if (!isUrgent && circumstances.isBeingVerified(entries)) return undefined;
		const isMany = Math.max(entries.length, this.toldCount) > MANY;
		if (isMany && !isUrgent && nowMs - this.toldAtMs < MANY_AGAIN_MS)
			return undefined;
		const isChanged = isNews || hasMoved || isAgain;
		this.pauseMs = isChanged ? FIRST_PAUSE_MS : 2 * pauseMs;
		if (isChanged) this.standsSinceMs = nowMs;
		if (isAgain) this.againAtMs = Number.POSITIVE_INFINITY;
		if (this.firstKey === "" && isUrgent) this.firstKey = key;
		this.toldStanding = standing;
		this.toldCount = entries.length;
		this.toldKey = key;
		this.toldAtMs = nowMs;
		return entries;
	}

	/** After which it is told again although nothing has changed. */
	private pauseFor(isToAct: boolean, nowMs: number): number {
		const longestToActMs = Math.max(
			LONGEST_TO_BE_ACTED_ON_MS,
			SHARE_TO_BE_ACTED_ON * (nowMs - this.standsSinceMs),
		);
		return Math.min(
			this.pauseMs,
			LONGEST_PAUSE_MS,
			isToAct ? longestToActMs : LONGEST_PAUSE_MS,
		);
	}

	/** Something has changed that a decision goes by, and the findings do not show: what stands is to be considered anew. */
	lookAnew(): void {
		this.againAtMs = 0;
	}

	/**
	 * An operation let go of the cluster: what stands is to be considered anew. Not what a recovery began with, and could not mend: a
	 * hook that forbids it would run without a pause.
	 */
	operationEnded(kind: string): void {
		const isWhatItBeganWith =
			kind === "recovery" && this.toldKey === this.firstKey;
		if (!isWhatItBeganWith) this.lookAnew();
		this.firstKey = "";
	}

	/** It failed: it is tried again at the next occasion. */
	failed(): void {
		this.toldKey = "?";
	}
}
