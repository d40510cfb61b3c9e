/** Tells listeners that the inventory, or a record, has changed: a nudge to look again, without saying what. */
export interface ChangeEvents {
	/** @returns how to stop listening. */
	subscribe(listener: () => void): () => void;
}

export interface ChangeBus extends ChangeEvents {
	announce(): void;
}

/** A bus inside one process. Announcing never waits for listeners and cannot fail because of one. */
export const createChangeBus = (): ChangeBus => {
	const listeners = new Set<() => void>();
	return {
		subscribe: (listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		announce: () => {
			for (const listener of listeners) setImmediate(listener);
		},
	};
};
