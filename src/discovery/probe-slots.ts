/**
 * How many polls run at once (DiscoveryMaxConcurrency).
 * 1. A poll that takes longer than a second gives its slot back while it goes on: however many servers hang, the others are polled.
 *    Its own deadline ends it; a server has one poll at a time, so there are never more of them than servers.
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

export const createProbeSlots = (limits: {
	readonly most: () => number;
	readonly capacity: () => number;
	readonly lateMs?: number;
}): ProbeSlots => {
	const queue: (() => Promise<void>)[] = [];
	let running = 0;

	const start = (work: () => Promise<void>): void => {
		running++;
		let holds = true;
		const giveBack = (): void => {
			clearTimeout(late);
			if (!holds) return;
			holds = false;
			running--;
			next();
		};
		const late = setTimeout(giveBack, limits.lateMs ?? LATE_MS);
		work().then(giveBack, giveBack);
	};

	const next = (): void => {
		while (running < Math.max(1, limits.most())) {
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
