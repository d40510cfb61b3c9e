import { errors } from "../../errors.ts";
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
		throw errors.markerNotThere({
			text,
			server: own.log.owner,
			other: other.owner,
		});
	const walk = await walkTogether(
		eventsBetween(own.log, own.marker.coordinates, own.end),
		eventsBetween(other, found.coordinates),
		rules.skipped,
	);
	switch (walk.kind) {
		case "matched":
			return walk.next;
		case "ahead":
			throw errors.ahead({
				server: own.log.owner,
				other: other.owner,
				entry: describeEntry(walk.own),
			});
		case "differs":
			throw errors.logsDiffer({
				server: own.log.owner,
				entry: describeEntry(walk.own),
				other: other.owner,
				otherEntry: describeEntry(walk.other),
			});
		case "nothing":
			throw errors.nothingToCompare({ server: own.log.owner });
	}
};
