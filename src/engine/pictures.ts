import { errors } from "../errors.ts";
import type { Snapshot } from "../topology/snapshot.ts";

/** Keeps what an operation goes by: GTID sets may be larger than a workflow's payloads, which only name the operation. */
interface KeptPictures {
	beginPicture(uid: string, identity: string, text: string): Promise<void>;
	keepPicture(uid: string, text: string): Promise<void>;
	picture(uid: string): Promise<string | undefined>;
	dropPicture(uid: string): Promise<void>;
	leftPicture(identity: string): Promise<string | undefined>;
}

/** The pictures that running operations plan from, by their uid. */
export interface Pictures {
	/** @throws BatonError Superseded when the operation has none any more */
	of(uid: string): Promise<Snapshot>;
	/** The same; undefined when the operation has none any more. */
	find(uid: string): Promise<Snapshot | undefined>;
	/** That of an operation that begins: there are none of the cluster's earlier ones any more. */
	begin(uid: string, snapshot: Snapshot): Promise<void>;
	keep(uid: string, snapshot: Snapshot): Promise<void>;
	drop(uid: string): Promise<void>;
	/** What an operation of the cluster went by that was cut off, and never came to its end. */
	left(identity: string): Promise<Snapshot | undefined>;
}

/** A process that has not looked for so long may have been stopped meanwhile, and another one gone on. Milliseconds. */
const FRESH_MS = 1_000;

interface Here {
	readonly snapshot: Snapshot;
	readonly atMs: number;
}

/**
 * 1. What a process keeps it also writes to the store, so that another one can go on with the operation.
 * 2. Writes of one operation follow each other; the last one wins.
 * @param monotonicMs a clock that goes on while the process is stopped
 */
export const createPictures = (
	store: KeptPictures,
	monotonicMs = () => performance.now(),
): Pictures => {
	const here = new Map<string, Here>();
	const known = (uid: string, snapshot: Snapshot): Snapshot => {
		here.set(uid, { snapshot, atMs: monotonicMs() });
		return snapshot;
	};
	const find = async (uid: string): Promise<Snapshot | undefined> => {
		const own = here.get(uid);
		if (own !== undefined && monotonicMs() < own.atMs + FRESH_MS)
			return known(uid, own.snapshot);
		const text = await store.picture(uid);
		return text === undefined
			? undefined
			: known(uid, JSON.parse(text) as Snapshot);
	};
	return {
		find,
		of: async (uid) => {
			const snapshot = await find(uid);
			if (snapshot !== undefined) return snapshot;
			throw errors.pictureGone({ uid });
		},
		begin: async (uid, snapshot) => {
			known(uid, snapshot);
			await store.beginPicture(
				uid,
				snapshot.identity,
				JSON.stringify(snapshot),
			);
		},
		keep: async (uid, snapshot) => {
			known(uid, snapshot);
			await store.keepPicture(uid, JSON.stringify(snapshot));
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
