/** Entries of relay logs. They come from the source unchanged, so those of two siblings are the same in each detail. */
import { errors } from "../../errors.ts";
import type { Coordinates } from "../instance.ts";
import { isOfTheLog } from "./entries.ts";
import {
	type EventLog,
	eventsBefore,
	filesUpTo,
	type LogEvent,
	nameOfLog,
	textOfCoordinates,
} from "./event-log.ts";

/** The last entry before the executed coordinates; undefined when the relay logs hold none. @throws BatonError BadInput */
export const lastExecutedEntry = async (
	log: EventLog,
	executed: Coordinates,
): Promise<LogEvent | undefined> => {
	for (const file of (await filesUpTo(log, executed)).toReversed()) {
		let last: LogEvent | undefined;
		for await (const event of eventsBefore(log, file, executed))
			if (!isOfTheLog(event)) last = event;
		if (last !== undefined) return last;
	}
	return undefined;
};

/** The entry that begins there. @throws BatonError BadInput when none does */
export const entryAt = async (
	log: EventLog,
	coordinates: Coordinates,
): Promise<LogEvent> => {
	await filesUpTo(log, coordinates);
	for await (const event of log.read(coordinates.file, coordinates.position))
		if (!isOfTheLog(event) && event.position === coordinates.position)
			return event;
	throw errors.noEntry({
		place: textOfCoordinates(coordinates),
		log: nameOfLog(log, coordinates.file),
	});
};

const isSameReceived = (a: LogEvent, b: LogEvent): boolean =>
	a.endPosition === b.endPosition &&
	a.serverId === b.serverId &&
	a.type === b.type &&
	a.info === b.info;

/** The same entry, received by another replica of the source: the newest, if an earlier log of the source had an equal one. */
export const findReceived = async (
	log: EventLog,
	wanted: LogEvent,
): Promise<LogEvent | undefined> => {
	for (const file of (await log.files()).toReversed()) {
		let last: LogEvent | undefined;
		for await (const event of log.read(file))
			if (!isOfTheLog(event) && isSameReceived(event, wanted)) last = event;
		if (last !== undefined) return last;
	}
	return undefined;
};

/**
 * Bytes of an entry. The server does not tell where the last of a relay log ends; when that is applied, the applier stands there.
 * @returns undefined when neither tells
 */
const lengthOf = (
	{ file, position, nextPosition }: LogEvent,
	executed: Coordinates,
): number | undefined => {
	if (nextPosition !== undefined) return nextPosition - position;
	return executed.file === file && executed.position > position
		? executed.position - position
		: undefined;
};

/** An entry, and where its server's applier stands. */
export interface ReceivedEntry {
	readonly entry: LogEvent;
	readonly executed: Coordinates;
}

/**
 * The place after an entry of a relay log. Siblings keep the same bytes, so the same entry of another one may tell it.
 * @throws BatonError Refused when both have just received it and neither has applied it
 */
export const placeAfterReceived = (
	received: ReceivedEntry,
	sibling: ReceivedEntry,
): Coordinates => {
	const { file, position, info } = received.entry;
	const length =
		lengthOf(received.entry, received.executed) ??
		lengthOf(sibling.entry, sibling.executed);
	if (length !== undefined) return { file, position: position + length };
	throw errors.endNotKnown({ text: info.slice(0, 80) });
};
