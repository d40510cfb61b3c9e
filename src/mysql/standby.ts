import type { InstanceName } from "../topology/instance-name.ts";
import type { Servers } from "./servers.ts";
import type { Session } from "./session.ts";

/**
 * Sessions for steps that are open already, one a watched server: the handshake is a good part of what a step costs, and clients
 * wait for some of them.
 *
 * Invariants:
 * 1. a session that was given out is its taker's alone until it is given back, and nothing that was said in it lives on then;
 * 2. at most one is open or being opened for each server, and none for a server that is not kept;
 * 3. a server that does not let us in is asked again after a while, never in a hurry; no timer keeps the process alive.
 */
export interface Standby {
	/** Says for which servers a session shall stand by. Those of others are closed. */
	keep(names: Iterable<InstanceName>): void;
	/** The session that stands by, if there is one that looks alive. It comes back by {@link giveBack}. */
	take(name: InstanceName): Session | undefined;
	/** A session that is not needed any more. When it is sound it stands by again, as good as new; otherwise another one is opened. */
	giveBack(name: InstanceName, session: Session, isSound: boolean): void;
	/** Closes all. */
	close(): void;
}

export interface StandbyDeps {
	readonly servers: Pick<Servers, "open">;
	readonly limits: { readonly connectMs: number; readonly queryMs: number };
	/** Between two tries to reach a server that cannot be reached, and between two sessions that it ended. Milliseconds. */
	readonly retryMs: number;
}

interface Place {
	session?: Session;
	isOpening: boolean;
	retry?: NodeJS.Timeout;
}

export const createStandby = ({
	servers,
	limits,
	retryMs,
}: StandbyDeps): Standby => {
	const places = new Map<InstanceName, Place>();

	const isKept = (name: InstanceName, place: Place): boolean =>
		places.get(name) === place;

	const later = (name: InstanceName, place: Place): void => {
		clearTimeout(place.retry);
		place.retry = setTimeout(() => open(name, place), retryMs);
		place.retry.unref();
	};

	const settle = (name: InstanceName, place: Place, session: Session): void => {
		place.isOpening = false;
		if (!isKept(name, place)) {
			session.close();
			return;
		}
		place.session = session;
		session.onLost(() => {
			if (place.session !== session) return;
			delete place.session;
			if (isKept(name, place)) later(name, place);
		});
	};

	const open = (name: InstanceName, place: Place): void => {
		clearTimeout(place.retry);
		if (place.isOpening || place.session !== undefined) return;
		if (!isKept(name, place)) return;
		place.isOpening = true;
		servers.open(name, "step", limits).then(
			(session) => settle(name, place, session),
			() => {
				// A step opens its own session, and tells what is the matter.
				place.isOpening = false;
				if (isKept(name, place)) later(name, place);
			},
		);
	};

	const leave = (name: InstanceName): void => {
		const place = places.get(name);
		places.delete(name);
		clearTimeout(place?.retry);
		place?.session?.close();
	};

	return {
		keep: (names) => {
			const wanted = new Set(names);
			for (const name of [...places.keys()]) if (!wanted.has(name)) leave(name);
			for (const name of wanted) {
				if (places.has(name)) continue;
				const place: Place = { isOpening: false };
				places.set(name, place);
				open(name, place);
			}
		},
		take: (name) => {
			const place = places.get(name);
			const session = place?.session;
			if (place === undefined || session === undefined) return undefined;
			delete place.session;
			if (session.isOpen && !session.isRetired) return session;
			session.close();
			open(name, place);
			return undefined;
		},
		giveBack: (name, session, isSound) => {
			const place = places.get(name);
			const isWanted =
				place !== undefined && place.session === undefined && !place.isOpening;
			if (!isWanted || !isSound || !session.isOpen || session.isRetired) {
				session.close();
				if (place !== undefined) open(name, place);
				return;
			}
			settle(name, place, session);
			session.renew().catch(() => {
				// It is closed. A step opens its own session, and tells what is the matter.
				if (place.session === session) delete place.session;
				if (isKept(name, place)) later(name, place);
			});
		},
		close: () => {
			for (const name of [...places.keys()]) leave(name);
		},
	};
};
