/**
 * The steps of operations as they are written, to whoever listens.
 *
 * 1. One reader of the store, however many listen, and none while nobody does.
 * 2. A step is told once to each listener, also one that was written at the same time as another and came through later.
 * 3. What cannot be read is told when it can be: nothing is left out.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { errorText } from "../errors.ts";
import type { OperationClaim, RecoveryStep, Store } from "../store/contract.ts";

/** With the name of its cluster as it is now; empty where that is not known. */
export interface NamedStep extends RecoveryStep {
	readonly clusterName: string;
}

export interface StepListener {
	/** Oldest first. */
	steps(steps: readonly NamedStep[]): void;
	/** What runs, after each look. */
	running(claims: readonly OperationClaim[]): void;
}

interface StepFeedDeps {
	readonly store: Pick<Store, "clusters" | "operations" | "recoveries">;
	readonly log: Logger;
	readonly nowMs: () => number;
}

const EVERY_MS = 200;
/** Numbers are given out in order, and seen when their transactions end: so much later at most. */
const LATE_MS = 2_000;

/** What was told of late. */
class Told {
	/** Behind it something may be new. */
	private since: number;
	private readonly ids = new Set<number>();
	private readonly newest: { readonly id: number; readonly atMs: number }[] =
		[];

	constructor(since: number) {
		this.since = since;
	}

	get from(): number {
		return this.since;
	}

	isNew({ id }: RecoveryStep): boolean {
		return !this.ids.has(id);
	}

	add(steps: readonly RecoveryStep[], nowMs: number): void {
		for (const { id } of steps) this.ids.add(id);
		const last = steps.at(-1);
		if (last !== undefined) this.newest.push({ id: last.id, atMs: nowMs });
		while ((this.newest[0]?.atMs ?? nowMs) < nowMs - LATE_MS)
			this.since = Math.max(this.since, this.newest.shift()?.id ?? 0);
		for (const id of this.ids) if (id <= this.since) this.ids.delete(id);
	}
}

export const createStepFeed = ({ store, log, nowMs }: StepFeedDeps) => {
	const { operations, recoveries } = store;
	const listeners = new Set<StepListener>();
	let reading: AbortController | undefined;

	const named = async (
		steps: readonly RecoveryStep[],
	): Promise<readonly NamedStep[]> => {
		const names = new Map<string, string>([["", ""]]);
		for (const { identity } of steps)
			if (!names.has(identity)) {
				const cluster = await store.clusters.byIdentity(identity);
				names.set(identity, cluster?.clusterName ?? "");
			}
		return steps.map((step) => ({
			...step,
			clusterName: names.get(step.identity) ?? "",
		}));
	};

	const look = async (told: Told, signal: AbortSignal): Promise<void> => {
		// First: what has let go by then has written its last step.
		const claims = await operations.running();
		let from = told.from;
		for (;;) {
			const page = await recoveries.stepsSince(from);
			const last = page.at(-1);
			if (last === undefined) break;
			from = last.id;
			const fresh = await named(page.filter((each) => told.isNew(each)));
			// Another one reads for those who have come since.
			if (signal.aborted) return;
			told.add(fresh, nowMs());
			if (fresh.length > 0)
				for (const listener of listeners) listener.steps(fresh);
		}
		if (signal.aborted) return;
		told.add([], nowMs());
		for (const listener of listeners) listener.running(claims);
	};

	const read = async (told: Told, signal: AbortSignal): Promise<void> => {
		let trouble = "";
		while (!signal.aborted) {
			try {
				await look(told, signal);
				trouble = "";
			} catch (error) {
				const text = errorText(error);
				if (text !== trouble)
					log.warn(`the steps of operations cannot be read: ${text}`);
				trouble = text;
			}
			// Nobody listens any more when it is cut short.
			await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
		}
	};

	return {
		named,
		/** From the newest step on, which the caller knows. @returns how to stop listening */
		listen: (listener: StepListener, newest: number): (() => void) => {
			listeners.add(listener);
			if (reading === undefined) {
				reading = new AbortController();
				void read(new Told(newest), reading.signal);
			}
			return () => {
				listeners.delete(listener);
				if (listeners.size > 0) return;
				reading?.abort();
				reading = undefined;
			};
		},
	};
};
