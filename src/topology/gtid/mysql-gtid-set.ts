import { BatonError } from "../../errors.ts";
import {
	countIntervals,
	equalIntervals,
	type Interval,
	type Intervals,
	normalise,
	subtractIntervals,
	unionIntervals,
} from "./intervals.ts";

/**
 * A set of MySQL GTIDs: intervals by originator. The originator is the server's UUID in lower case, followed by `:tag`
 * for tagged GTIDs (MySQL 8.3 and later); none is empty. Not for serialised data: print it.
 */
export type MySqlGtidSet = ReadonlyMap<string, Intervals>;

export const EMPTY_GTID_SET: MySqlGtidSet = new Map();

/** The greatest number that fits a transaction, 2^63−1. */
const GREATEST = 9223372036854775807n;
const UUID =
	/^\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i;
const TAG = /^[a-z_][a-z0-9_]{0,31}$/;
const INTERVAL = /^(\d{1,19})(?:\s*-\s*(\d{1,19}))?$/;

/** Text from a server or a client is shown shortened. */
const malformed = (part: string, expected: string): BatonError =>
	new BatonError(
		"BadInput",
		`malformed GTID set: ${JSON.stringify(part.slice(0, 60))} is not ${expected}`,
	);

const parseUuid = (part: string): string => {
	const match = UUID.exec(part);
	if (!match) throw malformed(part, "a server UUID");
	return match.slice(1).join("-").toLowerCase();
};

/** @returns undefined for a reversed interval, which the server reads as empty. */
const parseInterval = (part: string, member: string): Interval | undefined => {
	const match = INTERVAL.exec(part);
	const first = BigInt(match?.[1] ?? 0);
	const last = BigInt(match?.[2] ?? first);
	if (first < 1n || first > GREATEST || last > GREATEST)
		throw malformed(
			part || member.trim(),
			"an interval of transaction numbers or a tag",
		);
	return last < first ? undefined : { first, last };
};

/**
 * Reads `uuid[:tag]:interval[:interval]…[:tag:interval…][,uuid…]` in any order, and as leniently as the server does:
 * white space, empty members, and a UUID or tag without intervals, which adds nothing.
 * @throws BatonError BadInput naming the part that cannot be read.
 */
export const parseGtidSet = (text: string): MySqlGtidSet => {
	const found = new Map<string, Interval[]>();
	for (const member of text.split(",")) {
		const [uuidPart = "", ...parts] = member.split(":").map((p) => p.trim());
		if (uuidPart === "" && parts.length === 0) continue;
		const uuid = parseUuid(uuidPart);
		let origin = uuid;
		for (const part of parts) {
			const tag = part.toLowerCase();
			if (TAG.test(tag)) {
				origin = `${uuid}:${tag}`;
				continue;
			}
			const interval = parseInterval(part, member);
			if (!interval) continue;
			const intervals = found.get(origin);
			if (intervals) intervals.push(interval);
			else found.set(origin, [interval]);
		}
	}
	return new Map([...found].map(([k, v]) => [k, normalise(v)]));
};

const printInterval = ({ first, last }: Interval): string =>
	first === last ? `${first}` : `${first}-${last}`;

const UUID_LENGTH = 36;

/**
 * The set as the server prints it, in one line: UUIDs in order, each with its untagged intervals and then its tags.
 * (The server ends each member with a line feed too.) Two equal sets have the same text.
 */
export const printGtidSet = (set: MySqlGtidSet): string => {
	let text = "";
	let uuidBefore = "";
	for (const origin of [...set.keys()].sort()) {
		const uuid = origin.slice(0, UUID_LENGTH);
		const repeated = uuid === uuidBefore;
		if (!repeated && text !== "") text += ",";
		// A further tag of the same server follows without the UUID.
		text += repeated ? origin.slice(UUID_LENGTH) : origin;
		text += `:${(set.get(origin) ?? []).map(printInterval).join(":")}`;
		uuidBefore = uuid;
	}
	return text;
};

/** Everything in `a` or in `b`. */
export const union = (a: MySqlGtidSet, b: MySqlGtidSet): MySqlGtidSet => {
	const both = new Map(a);
	for (const [origin, intervals] of b)
		both.set(origin, unionIntervals(both.get(origin) ?? [], intervals));
	return both;
};

/** What is in `a` and not in `b`. */
export const subtract = (a: MySqlGtidSet, b: MySqlGtidSet): MySqlGtidSet => {
	const rest = new Map<string, Intervals>();
	for (const [origin, intervals] of a) {
		const left = subtractIntervals(intervals, b.get(origin) ?? []);
		if (left.length > 0) rest.set(origin, left);
	}
	return rest;
};

export const intersect = (a: MySqlGtidSet, b: MySqlGtidSet): MySqlGtidSet =>
	subtract(a, subtract(a, b));

export const isEmpty = (set: MySqlGtidSet): boolean => set.size === 0;

/** Whether all of `a` is in `b`. */
export const isSubset = (a: MySqlGtidSet, b: MySqlGtidSet): boolean =>
	isEmpty(subtract(a, b));

export const equals = (a: MySqlGtidSet, b: MySqlGtidSet): boolean =>
	a.size === b.size &&
	[...a].every(([origin, intervals]) =>
		equalIntervals(intervals, b.get(origin) ?? []),
	);

/** How many transactions the set holds. */
export const count = (set: MySqlGtidSet): bigint =>
	[...set.values()].reduce((sum, list) => sum + countIntervals(list), 0n);

/** The set without everything that the servers (or groups) with these UUIDs originated, tagged or not. */
export const withoutUuids = (
	set: MySqlGtidSet,
	uuids: ReadonlySet<string>,
): MySqlGtidSet =>
	new Map([...set].filter(([key]) => !uuids.has(key.slice(0, UUID_LENGTH))));
