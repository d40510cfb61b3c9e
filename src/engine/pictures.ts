import { randomUUID } from "node:crypto";
import { errors } from "../errors.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import type { Claim } from "./contract.ts";

/** Keeps what an operation goes by: GTID sets may be larger than a workflow's payloads, which only name the operation. */
interface KeptPictures {
	beginPicture(
		uid: string,
		epoch: Pick<Claim, "identity" | "epoch">,
		kept: KeptPicture,
	): Promise<boolean>;
	keepPicture(uid: string, kept: KeptPicture): Promise<void>;
	picture(uid: string): Promise<KeptPicture | undefined>;
	pictureRevision(uid: string): Promise<string | undefined>;
	dropPicture(uid: string): Promise<void>;
	leftPicture(identity: string): Promise<string | undefined>;
}

/** As JSON, with a word that changes whenever it is written. */
interface KeptPicture {
	readonly picture: string;
	readonly revision: string;
}

/** The pictures that running operations plan from, by their uid. */
export interface Pictures {
	/** @throws BatonError Superseded when the operation has none any more */
	of(uid: string): Promise<Snapshot>;
	/** The same; undefined when the operation has none any more. */
	find(uid: string): Promise<Snapshot | undefined>;
	/**
	 * That of an operation that begins: there are none of the cluster's earlier ones any more.
	 * @throws BatonError Superseded when the cluster was taken since
	 */
	begin(
		{ uid, epoch }: Pick<Claim, "uid" | "epoch">,
		snapshot: Snapshot,
	): Promise<void>;
	keep(uid: string, snapshot: Snapshot): Promise<void>;
	drop(uid: string): Promise<void>;
	/** What an operation of the cluster went by that was cut off, and never came to its end. */
	left(identity: string): Promise<Snapshot | undefined>;
}

/** So soon after a process has kept a picture, no other can have been given the operation's next phase. Milliseconds. */
const FRESH_MS = 5;

interface Here {
	readonly snapshot: Snapshot;
	readonly revision: string;
	readonly keptAtMs: number;
}

/**
 * 1. What a process keeps it also writes to the store, so that another one can go on with the operation.
 * 2. Writes of one operation follow each other; the last one wins, and whoever goes on sees by its revision that there is a newer one.
 * @param monotonicMs a clock that goes on while the process is stopped
 */
export const createPictures = (
	store: KeptPictures,
	monotonicMs = () => performance.now(),
): Pictures => {
	const here = new Map<string, Here>();

	const keep = async (
		uid: string,
		snapshot: Snapshot,
		write: (kept: KeptPicture) => Promise<void>,
	): Promise<void> => {
		const revision = randomUUID();
		await write({ picture: JSON.stringify(snapshot), revision });
		here.set(uid, { snapshot, revision, keptAtMs: monotonicMs() });
	};

	const isNewest = async (uid: string, own: Here): Promise<boolean> =>
		monotonicMs() < own.keptAtMs + FRESH_MS ||
		(await store.pictureRevision(uid)) === own.revision;

	const find = async (uid: string): Promise<Snapshot | undefined> => {
		const own = here.get(uid);
		if (own !== undefined && (await isNewest(uid, own))) return own.snapshot;
		const kept = await store.picture(uid);
		if (kept === undefined) {
			here.delete(uid);
			return undefined;
		}
		const snapshot = JSON.parse(kept.picture) as Snapshot;
		here.set(uid, {
			snapshot,
			revision: kept.revision,
			keptAtMs: Number.NEGATIVE_INFINITY,
		});
		return snapshot;
	};
	return {
		find,
		of: async (uid) => {
			const snapshot = await find(uid);
			if (snapshot !== undefined) return snapshot;
			throw errors.pictureGone({ uid });
		},
		begin: ({ uid, epoch }, snapshot) =>
			keep(uid, snapshot, async (kept) => {
				const { identity } = snapshot;
				if (!(await store.beginPicture(uid, { identity, epoch }, kept)))
					throw errors.overtaken({ cluster: identity });
			}),
		keep: (uid, snapshot) =>
			keep(uid, snapshot, (kept) => store.keepPicture(uid, kept)),
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
