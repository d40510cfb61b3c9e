/** The live picture as the page holds it: what the stream says, and whether the stream is there. Knows nothing of looks. */
import type { Picture, PictureUpdate } from "../../src/api/picture.ts";

export type Connection = "connecting" | "live" | "lost";

interface LiveState {
	readonly connection: Connection;
	readonly picture: Picture;
}

export interface LiveSource {
	readonly state: () => LiveState;
	/** @returns how to stop listening. */
	readonly subscribe: (listener: () => void) => () => void;
}

/** The picture after an update: everything anew, or some sections replaced and some gone. */
export const applyUpdate = (
	picture: Picture,
	update: PictureUpdate,
): Picture => {
	if (update.isWhole) return update.set;
	const kept = Object.entries(picture).filter(
		([key]) => !update.drop.includes(key),
	);
	return { ...Object.fromEntries(kept), ...update.set };
};

/** A browser gives up on a stream that is refused, as while a node restarts: then we ask again. */
const ASK_AGAIN_MS = 2000;

/** Follows the stream at `url` for the life of the page. */
export const followLive = (url: string): LiveSource => {
	const listeners = new Set<() => void>();
	let state: LiveState = { connection: "connecting", picture: {} };
	const become = (next: LiveState): void => {
		state = next;
		for (const listener of listeners) listener();
	};
	const open = (): void => {
		const stream = new EventSource(url);
		stream.onmessage = (event: MessageEvent<string>) => {
			const update: PictureUpdate = JSON.parse(event.data);
			become({
				connection: "live",
				picture: applyUpdate(state.picture, update),
			});
		};
		stream.onerror = () => {
			become({ ...state, connection: "lost" });
			if (stream.readyState === EventSource.CLOSED)
				setTimeout(open, ASK_AGAIN_MS);
		};
	};
	open();
	return {
		state: () => state,
		subscribe: (listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
};
