/** Server-sent events to one client, which is let go when it does not take what it is sent. */
import { once } from "node:events";
import type { Request, Response } from "express";
import { errors } from "../errors.ts";

const KEEP_ALIVE_MS = 15_000;
/** How long a client may take for what it gets at first, milliseconds a piece. */
const TAKING_MS = 10_000;

/** Of each kind of stream: whoever listens stays, and a node needs its connections for other things, too. */
const MOST_LISTENERS = 250;

/**
 * Serves so many at once, and no more; with those that are about to be served.
 * @param to what they listen to, in words
 * @returns what serves one more. @throws BatonError TooManyListeners
 */
export const createAudience = (to: string) => {
	let listening = 0;
	return async (serve: () => Promise<void>): Promise<void> => {
		if (listening >= MOST_LISTENERS)
			throw errors.tooManyListeners({ count: listening, to });
		listening++;
		try {
			await serve();
		} finally {
			listening--;
		}
	};
};

export interface EventStream {
	/** Without waiting. Nothing happens once the client is gone; one that is too far behind is let go. */
	write(text: string): void;
	/** @returns when the client has taken enough for more to be sent, or is gone */
	send(text: string): Promise<void>;
	/** What was written is sent still. */
	end(): void;
	isOpen(): boolean;
	/** Called once, at its end; at once when that was before. */
	onEnd(listener: () => void): void;
}

/** @param backlogBytes how far behind a client may be before it is let go */
export const openEventStream = (
	request: Request,
	response: Response,
	{ backlogBytes }: { readonly backlogBytes: number },
): EventStream => {
	response.setHeader("Content-Type", "text/event-stream");
	response.setHeader("Cache-Control", "no-store");
	// Proxies such as nginx hold streams back unless told not to.
	response.setHeader("X-Accel-Buffering", "no");
	response.flushHeaders();
	const isOpen = () => !response.writableEnded && !response.destroyed;
	const write = (text: string): void => {
		if (!isOpen()) return;
		response.write(text);
		if (response.writableLength > backlogBytes) response.destroy();
	};
	const onEnd = (listener: () => void): void => {
		if (response.closed) listener();
		else response.once("close", listener);
	};
	const keepAlive = setInterval(() => write(": keep-alive\n\n"), KEEP_ALIVE_MS);
	// It may have gone while what it is served was being read.
	onEnd(() => clearInterval(keepAlive));
	// Only its headers were asked for.
	if (request.method === "HEAD") response.end();
	else write("retry: 1000\n\n");
	return {
		write,
		send: async (text) => {
			if (!isOpen() || response.write(text)) return;
			const gone = new AbortController();
			const onClose = () => gone.abort();
			response.once("close", onClose);
			const signal = AbortSignal.any([
				gone.signal,
				AbortSignal.timeout(TAKING_MS),
			]);
			try {
				await once(response, "drain", { signal });
			} catch {
				// It is gone, or takes nothing.
				response.destroy();
			} finally {
				response.off("close", onClose);
			}
		},
		end: () => {
			if (isOpen()) response.end();
		},
		isOpen,
		onEnd,
	};
};
