/**
 * The live picture of the pages, as server-sent events.
 *
 * 1. A page gets the whole picture when it connects, and afterwards only the sections that changed.
 * 2. The picture is drawn once for all pages, at a change or each second, and not at all while nobody looks.
 * 3. Only one drawing runs at a time; a nudge during it leads to one more.
 * 4. A page that does not take what it is sent is disconnected, not queued for: it will connect again and get the whole picture.
 * 5. So many are served at once, and no more.
 */
import type { Request, Response } from "express";
import type { Logger } from "pino";
import {
	createAudience,
	type EventStream,
	openEventStream,
} from "./event-stream.ts";
import type { ChangeEvents } from "./events.ts";
import type { Painter } from "./painter.ts";
import type { Picture, PictureUpdate } from "./picture.ts";

interface LiveDeps {
	readonly painter: Pick<Painter, "picture">;
	readonly events: ChangeEvents;
	readonly log: Logger;
}

const EVERY_MS = 1000;
/** Nudges come in bursts: wait this long for the rest of one. */
const BURST_MS = 40;
/** Bytes that a page may be behind before it is let go. */
const BACKLOG_BYTES = 4_000_000;

/** What turns one picture into another; undefined when they are the same. Texts are the sections as JSON. */
export const changesBetween = (
	before: ReadonlyMap<string, string>,
	after: Picture,
): PictureUpdate | undefined => {
	const set = Object.fromEntries(
		Object.entries(after).filter(
			([key, section]) => before.get(key) !== JSON.stringify(section),
		),
	);
	const drop = [...before.keys()].filter((key) => !(key in after));
	const isSame = Object.keys(set).length === 0 && drop.length === 0;
	return isSame ? undefined : { isWhole: false, set, drop };
};

const textsOf = (picture: Picture): Map<string, string> =>
	new Map(
		Object.entries(picture).map(([key, section]) => [
			key,
			JSON.stringify(section),
		]),
	);

const eventOf = (update: PictureUpdate): string =>
	`data: ${JSON.stringify(update)}\n\n`;

export const createLive = ({ painter, events, log }: LiveDeps) => {
	const viewers = new Set<EventStream>();
	const counted = createAudience("the live picture");
	let sent = new Map<string, string>();
	let last: Picture = {};
	let drawing: Promise<void> | undefined;
	let stopWatching: (() => void) | undefined;

	const draw = async (): Promise<void> => {
		const picture = await painter.picture();
		const update = changesBetween(sent, picture);
		if (update === undefined) return;
		sent = textsOf(picture);
		last = picture;
		for (const viewer of viewers) viewer.write(eventOf(update));
	};

	/** Draws what stands now; several callers that wait for the present drawing share the next one. */
	const refresh = async (): Promise<void> => {
		// Whoever asked for the present drawing is told of its failure; the next one tries anew.
		await drawing?.catch(() => undefined);
		drawing ??= draw().finally(() => {
			drawing = undefined;
		});
		return drawing;
	};

	const refreshLater = (): void => {
		refresh().catch((error: unknown) => {
			log.warn({ err: error }, "cannot draw the live picture");
		});
	};

	const watch = (): (() => void) => {
		let burst: NodeJS.Timeout | undefined;
		const unsubscribe = events.subscribe(() => {
			burst ??= setTimeout(() => {
				burst = undefined;
				refreshLater();
			}, BURST_MS);
		});
		const tick = setInterval(refreshLater, EVERY_MS);
		return () => {
			unsubscribe();
			clearTimeout(burst);
			clearInterval(tick);
		};
	};

	const leave = (viewer: EventStream): void => {
		viewers.delete(viewer);
		if (viewers.size > 0) return;
		stopWatching?.();
		stopWatching = undefined;
	};

	return {
		/** Serves one page until it goes. @throws BatonError when the first picture cannot be drawn */
		serve: (request: Request, response: Response): Promise<void> =>
			counted(async () => {
				await refresh();
				const viewer = openEventStream(request, response, {
					backlogBytes: BACKLOG_BYTES,
				});
				// In one go with joining: what is sent next is the difference from exactly this.
				viewer.write(eventOf({ isWhole: true, set: last, drop: [] }));
				viewers.add(viewer);
				stopWatching ??= watch();
				await new Promise<void>((resolve) => viewer.onEnd(resolve));
				leave(viewer);
			}),
		/** Sends every page away, for shutdown. */
		close: (): void => {
			for (const viewer of viewers) viewer.end();
		},
	};
};

export type Live = ReturnType<typeof createLive>;
