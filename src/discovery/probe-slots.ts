/**
 * How many polls run at once (DiscoveryMaxConcurrency).
 * 1. A poll that takes longer than a second gives its slot back while it goes on: however many servers hang, the others are polled.
 *    Its own deadline ends it. There is a bound to those too, far off: when everything is late, more polls would make it later.
 * 2. Polls wait in the order in which they fell due; no more of them than DiscoveryQueueCapacity.
 */
export interface ProbeSlots {
	/** Runs the work, now or when a slot is free. @returns false when too many wait: ask again later. */
	take(work: () => Promise<void>): boolean;
	readonly waiting: number;
	/** Polls that hold a slot. */
	readonly running: number;
}

const LATE_MS = 1_000;

/** All that run, late or not: so many times the slots, and never less than this. */
const LATE_FACTOR = 4;
const LEAST_RUNNING = 100;

export const createProbeSlots = (limits: {
	readonly most: () => number;
	readonly capacity: () => number;
	readonly lateMs?: number;
}): ProbeSlots => {
	const queue: (() => Promise<void>)[] = [];
	let running = 0;
	let inFlight = 0;

	const start = (work: () => Promise<void>): void => {
		running++;
		inFlight++;
		let holds = true;
		const giveBack = (): void => {
			clearTimeout(late);
			if (!holds) return;
			holds = false;
			running--;
			next();
		};
		const late = setTimeout(giveBack, limits.lateMs ?? LATE_MS);
		const ended = (): void => {
			inFlight--;
			giveBack();
			next();
		};
		work().then(ended, ended);
	};

	const isFree = (): boolean => {
		const most = Math.max(1, limits.most());
		return (
			running < most && inFlight < Math.max(LEAST_RUNNING, LATE_FACTOR * most)
		);
	};

	const next = (): void => {
		while (isFree()) {
			const work = queue.shift();
			if (work === undefined) return;
			start(work);
		}
	};

	return {
		take: (work) => {
			if (queue.length >= Math.max(1, limits.capacity())) return false;
			queue.push(work);
			next();
			return true;
		},
		get waiting() {
			return queue.length;
		},
		get running() {
			return running;
		},
	};
};
