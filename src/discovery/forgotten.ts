import type { Store } from "../store/contract.ts";
import { FORGOTTEN_MS } from "../store/inventory/tombstones.ts";
import type { InstanceName } from "../topology/instance-name.ts";

/** Writes that were on their way when it was forgotten have arrived, and were taken back. */
const SETTLED_MS = 5_000;

/** Instances that an operator forgot: those that still name them do not bring them back for a minute. */
export interface Forgotten {
	add(name: InstanceName): void;
	has(name: InstanceName): boolean;
	/** Somebody asked for it by name. */
	remove(name: InstanceName): void;
	/** The store has it, read at this time: unless that was its shadow, another process brought it back. */
	inStore(name: InstanceName, readAtMs: number): void;
	/** Tells of each that is forgotten from now on, at once. @returns how to end that */
	follow(listener: (name: InstanceName) => void): () => void;
}

export const createForgotten = (nowMs: () => number): Forgotten => {
	const until = new Map<InstanceName, number>();
	const listeners = new Set<(name: InstanceName) => void>();
	return {
		add: (name) => {
			until.set(name, nowMs() + FORGOTTEN_MS);
			for (const listener of listeners) listener(name);
		},
		follow: (listener) => {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		has: (name) => {
			const end = until.get(name);
			if (end === undefined) return false;
			if (end > nowMs()) return true;
			until.delete(name);
			return false;
		},
		remove: (name) => {
			until.delete(name);
		},
		inStore: (name, readAtMs) => {
			const end = until.get(name);
			if (end !== undefined && readAtMs > end - FORGOTTEN_MS + SETTLED_MS)
				until.delete(name);
		},
	};
};

/**
 * The store, in which who was forgotten stays forgotten.
 * 1. What is forgotten through it is remembered as such at once: a watcher may not even have taken it up yet.
 * 2. Looks that began before an operator forgot a server end after it. What they write of it is left out, and what was on its way
 *    already is taken back.
 */
export const rememberingForgets = (
	store: Store,
	forgotten: Forgotten,
): Store => {
	const writing = async <Written>(
		names: readonly InstanceName[],
		write: (kept: ReadonlySet<InstanceName>) => Promise<Written>,
	): Promise<Written | undefined> => {
		const kept = new Set(names.filter((name) => !forgotten.has(name)));
		if (kept.size === 0) return undefined;
		try {
			return await write(kept);
		} finally {
			for (const name of kept)
				if (forgotten.has(name)) await store.inventory.forget(name);
		}
	};
	return {
		...store,
		inventory: {
			...store.inventory,
			save: async (instances, options) => {
				await writing(
					instances.map(({ name }) => name),
					(kept) =>
						store.inventory.save(
							instances.filter(({ name }) => kept.has(name)),
							options,
						),
				);
			},
			forget: async (name) => {
				forgotten.add(name);
				const isKnown = await store.inventory.forget(name);
				// A slow store had it till now: that nobody has brought back.
				forgotten.add(name);
				return isKnown;
			},
			forgetCluster: async (identity) => {
				const names = await store.inventory.forgetCluster(identity);
				for (const name of names) forgotten.add(name);
				// Written between the two, before anybody could know.
				for (const name of names) await store.inventory.forget(name);
				return names;
			},
			forgetUnseen: async (seenBeforeMs) => {
				const names = await store.inventory.forgetUnseen(seenBeforeMs);
				for (const name of names) forgotten.add(name);
				return names;
			},
		},
		clusters: {
			...store.clusters,
			adopt: async (clusterName, members, isNew) =>
				(await writing(members, (kept) =>
					store.clusters.adopt(
						clusterName,
						members.filter((name) => kept.has(name)),
						isNew,
					),
				)) ?? clusterName,
			resettle: async (name, companion) =>
				(await writing([name], () =>
					store.clusters.resettle(name, companion),
				)) ?? name,
		},
	};
};
