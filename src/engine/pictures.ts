import { BatonError } from "../errors.ts";
import type { Snapshot } from "../topology/snapshot.ts";

/** Keeps what an operation goes by: GTID sets may be larger than a workflow's payloads, which only name the operation. */
interface KeptPictures {
	keepPicture(uid: string, identity: string, text: string): Promise<void>;
	picture(uid: string): Promise<string | undefined>;
	dropPicture(uid: string): Promise<void>;
	leftPicture(identity: string): Promise<string | undefined>;
}

/** The pictures that running operations plan from, by their uid. */
export interface Pictures {
	/** @throws BatonError Internal when the operation has none */
	of(uid: string): Promise<Snapshot>;
	/** The same; undefined when the operation has none any more. */
	find(uid: string): Promise<Snapshot | undefined>;
	keep(uid: string, snapshot: Snapshot): Promise<void>;
	drop(uid: string): Promise<void>;
	/** What an operation of the cluster went by that was cut off, and never came to its end. */
	left(identity: string): Promise<Snapshot | undefined>;
}

/**
 * 1. What a process keeps it also writes to the store, so that another one can go on with the operation.
 * 2. Writes of one operation follow each other; the last one wins.
 */
export const createPictures = (store: KeptPictures): Pictures => {
	const here = new Map<string, Snapshot>();
	const find = async (uid: string): Promise<Snapshot | undefined> => {
		const known = here.get(uid);
		if (known !== undefined) return known;
		const text = await store.picture(uid);
		if (text === undefined) return undefined;
		const snapshot = JSON.parse(text) as Snapshot;
		here.set(uid, snapshot);
		return snapshot;
	};
	return {
		find,
		of: async (uid) => {
			const snapshot = await find(uid);
			if (snapshot !== undefined) return snapshot;
			throw new BatonError(
				"Internal",
				`the store has no picture of operation ${uid}: it cannot go on; ask for it again`,
			);
		},
		keep: async (uid, snapshot) => {
			here.set(uid, snapshot);
			await store.keepPicture(uid, snapshot.identity, JSON.stringify(snapshot));
		},
		left: async (identity) => {
			const text = await store.leftPicture(identity);
			return text === undefined ? undefined : (JSON.parse(text) as Snapshot);
		},
		drop: async (uid) => {
			here.delete(uid);
			await store.dropPicture(uid);
		},
	};
};
