/** Where a marker is: orchestrator's searches. All go from the newest log to older ones. */
import type { Coordinates } from "../instance.ts";
import { comparableText, entryText, isOfTheLog } from "./entries.ts";
import {
	type EventLog,
	eventsBefore,
	filesUpTo,
	type LogEvent,
} from "./event-log.ts";

/** What the configuration says of markers. */
export interface MarkerRules {
	readonly isMarker: (info: string) => boolean;
	/** From this text on, markers sort in the order in which they were written; empty when they do not (PseudoGTIDMonotonicHint). */
	readonly monotonicHint: string;
	/** Texts of events that are not compared (SkipBinlogEventsContaining). */
	readonly skipped: readonly string[];
}

export interface Entry {
	readonly coordinates: Coordinates;
	readonly text: string;
}

export interface SearchLimits {
	/** Only what ends before it. */
	readonly end?: Coordinates | undefined;
	/** So many files are searched. */
	readonly files?: number;
}

const entryOf = ({ file, position, info }: LogEvent): Entry => ({
	coordinates: { file, position },
	text: entryText(info),
});

const lastOf = async (
	log: EventLog,
	{ end, files = Number.POSITIVE_INFINITY }: SearchLimits,
	isWanted: (event: LogEvent) => boolean,
): Promise<Entry | undefined> => {
	const all = end === undefined ? await log.files() : await filesUpTo(log, end);
	for (const file of all.toReversed().slice(0, files)) {
		let last: LogEvent | undefined;
		for await (const event of eventsBefore(log, file, end))
			if (!isOfTheLog(event) && isWanted(event)) last = event;
		if (last !== undefined) return entryOf(last);
	}
	return undefined;
};

/** The last marker. @throws BatonError BadInput when the end is no place of the log */
export const lastMarker = (
	log: EventLog,
	rules: MarkerRules,
	limits: SearchLimits,
): Promise<Entry | undefined> =>
	lastOf(log, limits, ({ info }) => rules.isMarker(info));

/** The last entry of exactly that text, with or without the comment that the server appended. */
export const lastEntry = (
	log: EventLog,
	text: string,
): Promise<Entry | undefined> =>
	lastOf(log, {}, ({ info }) => info === text || entryText(info) === text);

/** What sorts of a marker; undefined when the hint is not in it. */
const sortedPart = (text: string, hint: string): string | undefined => {
	const at = hint === "" ? -1 : text.indexOf(hint);
	return at < 0 ? undefined : text.slice(at);
};

/** Whether one marker was surely written after the other. */
const isLater = (text: string, other: string, hint: string): boolean => {
	const [a, b] = [sortedPart(text, hint), sortedPart(other, hint)];
	return a !== undefined && b !== undefined && a > b;
};

/** The marker in one file; "later" when its first one is later already. */
const markerIn = async (
	log: EventLog,
	file: string,
	wanted: string,
	{ isMarker, monotonicHint }: MarkerRules,
): Promise<Entry | "later" | undefined> => {
	let isFirst = true;
	for await (const event of log.read(file)) {
		if (isOfTheLog(event) || !isMarker(event.info)) continue;
		const text = comparableText(event.info);
		if (text === wanted) return entryOf(event);
		if (isFirst && isLater(text, wanted, monotonicHint)) return "later";
		isFirst = false;
	}
	return undefined;
};

/**
 * A marker that was found elsewhere. A file whose first marker is later is passed over at first: after a failover the clocks
 * of two primaries may have made markers that do not sort, so such files are read when it is in no other.
 */
export const findMarker = async (
	log: EventLog,
	text: string,
	rules: MarkerRules,
): Promise<Entry | undefined> => {
	const wanted = comparableText(text);
	const passedOver: string[] = [];
	for (const file of (await log.files()).toReversed()) {
		const found = await markerIn(log, file, wanted, rules);
		if (found === "later") passedOver.push(file);
		else if (found !== undefined) return found;
	}
	for (const file of passedOver) {
		const unsorted = { ...rules, monotonicHint: "" };
		const found = await markerIn(log, file, wanted, unsorted);
		if (found !== undefined && found !== "later") return found;
	}
	return undefined;
};
