import { setTimeout as delay } from "node:timers/promises";
import { BatonError } from "../errors.ts";
import type { Store } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import { inTurn } from "./in-turn.ts";
import type { KeptInstance } from "./kept-instance.ts";
import type { StoreLine } from "./store-line.ts";

interface WriterDeps {
	readonly store: Pick<Store, "inventory">;
	readonly line: StoreLine;
	readonly onStored: () => void;
	readonly settings: () => WriteSettings;
}

export interface WriteSettings {
	/** Time for which changes are collected (InstanceFlushIntervalMilliseconds). */
	readonly flushMs: number;
	/** Rows in one write (InstanceWriteBufferSize). */
	readonly rowsAWrite: number;
}

/**
 * Carries what a watcher saw into the store, in batches. A store that is slow or away holds nothing else up.
 * 1. What waits is bounded: an instance waits once, and what is written is its latest picture at that time; a task waits once a key.
 * 2. A picture that is in the store already is not written again, and none of one that was forgotten, by whatever process.
 * 3. What could not be written is tried again until it is, but for what the store cannot hold: that is said once, and holds up
 *    nothing.
 */
export interface Writer {
	changed(cluster: ClusterWatch, kept: KeptInstance): void;
	/** Work on the store that is tried until it succeeds; a newer one of the same key takes its place. Tasks run in order, before instances. */
	later(key: string, work: () => Promise<void>): void;
	flush(): Promise<void>;
	/** Flushes for ever. */
	run(signal: AbortSignal): Promise<void>;
}

/** The store cannot hold what it is given, however often it is given. */
const isRefused = (error: unknown): boolean =>
	error instanceof BatonError && error.code === "BadInput";

export const createWriter = (deps: WriterDeps): Writer => {
	const dirty = new Map<KeptInstance, ClusterWatch>();
	const tasks = new Map<string, () => Promise<void>>();
	const written = new WeakMap<KeptInstance, Instance>();

	/** One task that fails for a reason of its own does not hold the others up. @throws the last failure */
	const runTasks = async (): Promise<void> => {
		let failure: unknown;
		for (const [key, work] of [...tasks])
			try {
				await work();
				if (tasks.get(key) === work) tasks.delete(key);
			} catch (error) {
				failure = error;
				if (isRefused(error) && tasks.get(key) === work) tasks.delete(key);
			}
		if (failure !== undefined) throw failure;
	};

	const saveBatch = async (
		batch: readonly (readonly [KeptInstance, ClusterWatch])[],
	): Promise<void> => {
		for (const [kept] of batch) dirty.delete(kept);
		const pictures = batch.flatMap(([kept, cluster]) => {
			// It may have been forgotten meanwhile.
			if (cluster.members.get(kept.name) !== kept) return [];
			const picture = cluster.instance(kept);
			return written.get(kept) === picture ? [] : [{ kept, picture }];
		});
		try {
			if (pictures.length > 0)
				await deps.store.inventory.save(
					pictures.map((each) => each.picture),
					{ onlyKnown: true },
				);
			for (const { kept, picture } of pictures) written.set(kept, picture);
		} catch (error) {
			// The store has taken the others.
			if (isRefused(error))
				for (const { kept, picture } of pictures) written.set(kept, picture);
			else
				for (const [kept, cluster] of batch)
					if (!dirty.has(kept)) dirty.set(kept, cluster);
			throw error;
		}
	};

	const flush = inTurn(async (): Promise<void> => {
		if (dirty.size === 0 && tasks.size === 0) return;
		const isSaved = await deps.line.attempt(async () => {
			let failure: unknown;
			// Who arrives while tasks run is in the store by the next flush.
			const batch = [...dirty];
			await runTasks().catch((error: unknown) => {
				failure = error;
			});
			const rows = Math.max(1, deps.settings().rowsAWrite);
			for (let from = 0; from < batch.length; from += rows)
				await saveBatch(batch.slice(from, from + rows));
			if (failure !== undefined) throw failure;
		});
		if (isSaved) deps.onStored();
	});

	return {
		changed: (cluster, kept) => {
			dirty.set(kept, cluster);
		},
		later: (key, work) => {
			tasks.set(key, work);
		},
		flush,
		run: async (signal) => {
			while (!signal.aborted) {
				await flush();
				await deps.line.pause(signal);
				await delay(deps.settings().flushMs, undefined, { signal }).catch(
					() => undefined,
				);
			}
		},
	};
};
