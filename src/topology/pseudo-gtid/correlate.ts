import { BatonError } from "../../errors.ts";
import type { Coordinates } from "../instance.ts";
import { describeEntry } from "./entries.ts";
import { type EventLog, eventsBetween } from "./event-log.ts";
import { type Entry, findMarker, type MarkerRules } from "./markers.ts";
import { walkTogether } from "./walk.ts";

/** A log to be found in another one, with a marker in it. */
export interface OwnSide {
	readonly log: EventLog;
	readonly marker: Entry;
	/** Where the server stands; without it at the end of the log. */
	readonly end?: Coordinates | undefined;
}

/**
 * Where the other server's binary log goes on after all that the own log holds: the place from which the own server could
 * replicate from the other one.
 * @throws BatonError Refused when the other log lacks the marker or differs behind it; BadInput when the end is within an event
 */
export const correlate = async (
	own: OwnSide,
	other: EventLog,
	rules: MarkerRules,
): Promise<Coordinates> => {
	const { text } = own.marker;
	const found = await findMarker(other, text, rules);
	if (found === undefined)
		throw new BatonError(
			"Refused",
			`the Pseudo-GTID entry ${JSON.stringify(text)} of ${own.log.owner} is in no binary log of ${other.owner}: they were purged, or it does not replicate from the same primary`,
		);
	const walk = await walkTogether(
		eventsBetween(own.log, own.marker.coordinates, own.end),
		eventsBetween(other, found.coordinates),
		rules.skipped,
	);
	switch (walk.kind) {
		case "matched":
			return walk.next;
		case "ahead":
			throw new BatonError(
				"Refused",
				`${own.log.owner} is ahead of ${other.owner}, whose binary log ends before ${describeEntry(walk.own)}; ask again when it has caught up`,
			);
		case "differs":
			throw new BatonError(
				"Refused",
				`the logs differ: ${own.log.owner} has ${describeEntry(walk.own)} where ${other.owner} has ${describeEntry(walk.other)}; one of them was written to, or they log differently (binlog_format, filters; SkipBinlogEventsContaining skips entries)`,
			);
		case "nothing":
			throw new BatonError(
				"Refused",
				`no entry of ${own.log.owner} could be compared; SkipBinlogEventsContaining skips them all`,
			);
	}
};
