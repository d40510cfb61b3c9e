import { type BatonError, errors } from "../../errors.ts";
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

/** The place, or why there is none: what the other log lacks may come into it yet, where it ends too early. */
export type Correlation =
	| { readonly next: Coordinates }
	| { readonly error: BatonError; readonly mayCome: boolean };

/**
 * Where the other server's binary log goes on after all that the own log holds: the place from which the own server could
 * replicate from the other one.
 * @throws BatonError BadInput when the end is within an event
 */
export const compareLogs = async (
	own: OwnSide,
	other: EventLog,
	rules: MarkerRules,
): Promise<Correlation> => {
	const { text } = own.marker;
	const found = await findMarker(other, text, rules);
	if (found === undefined)
		return {
			error: errors.markerNotThere({
				text,
				server: own.log.owner,
				other: other.owner,
			}),
			mayCome: true,
		};
	const walk = await walkTogether(
		eventsBetween(own.log, own.marker.coordinates, own.end),
		eventsBetween(other, found.coordinates),
		rules.skipped,
	);
	switch (walk.kind) {
		case "matched":
			return { next: walk.next };
		case "ahead":
			return {
				error: errors.ahead({
					server: own.log.owner,
					other: other.owner,
					entry: describeEntry(walk.own),
				}),
				mayCome: true,
			};
		case "differs":
			return {
				error: errors.logsDiffer({
					server: own.log.owner,
					entry: describeEntry(walk.own),
					other: other.owner,
					otherEntry: describeEntry(walk.other),
				}),
				mayCome: false,
			};
		case "nothing":
			return {
				error: errors.nothingToCompare({ server: own.log.owner }),
				mayCome: false,
			};
	}
};

/**
 * {@link compareLogs}, where nobody waits for the other log.
 * @throws BatonError Refused when the other log lacks the marker or differs behind it; BadInput when the end is within an event
 */
export const correlate = async (
	own: OwnSide,
	other: EventLog,
	rules: MarkerRules,
): Promise<Coordinates> => {
	const found = await compareLogs(own, other, rules);
	if ("error" in found) throw found.error;
	return found.next;
};
