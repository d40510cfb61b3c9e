import type { Store } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";

/** Long enough for SHOW REPLICAS of its source to let go of it, and short enough for a second thought. */
const FORGOTTEN_MS = 60_000;

/** Instances that an operator forgot: those that still name them do not bring them back for a minute (detection.md §2.8). */
export interface Forgotten {
	add(name: InstanceName): void;
	has(name: InstanceName): boolean;
	/** Somebody asked for it by name. */
	remove(name: InstanceName): void;
}

export const createForgotten = (nowMs: () => number): Forgotten => {
	const until = new Map<InstanceName, number>();
	return {
		add: (name) => {
			until.set(name, nowMs() + FORGOTTEN_MS);
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
	};
};

/** The store, with what is forgotten through it remembered as such at once: a watcher may not even have taken it up yet. */
export const rememberingForgets = (
	store: Store,
	forgotten: Forgotten,
): Store => ({
	...store,
	inventory: {
		...store.inventory,
		forget: async (name) => {
			forgotten.add(name);
			return store.inventory.forget(name);
		},
		forgetCluster: async (identity) => {
			const names = await store.inventory.forgetCluster(identity);
			for (const name of names) forgotten.add(name);
			return names;
		},
		forgetUnseen: async (seenBeforeMs) => {
			const names = await store.inventory.forgetUnseen(seenBeforeMs);
			for (const name of names) forgotten.add(name);
			return names;
		},
	},
});
