import { type BatonError, errors } from "../../errors.ts";
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

/** The greatest number a transaction can have, 2^63−2: the server keeps 2^63−1 for itself. */
const GREATEST = 9223372036854775806n;
const HYPHENATED = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PLAIN =
	/^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i;
const TAG = /^[a-z_][a-z0-9_]{0,31}$/i;
/** Digits are bounded, since making a BigInt of very many takes very long. */
const INTERVAL = /^0*(\d{1,19})(?:\s*-\s*0*(\d{1,19}))?$/;
/** What JavaScript trims as white space is more than what the server does. */
const FOREIGN = /[^ -~\t\n\v\f\r]/;

/** Text from a server or a client is shown shortened. */
const malformed = (part: string, expected: string): BatonError =>
	errors.noGtidSet({ text: part.slice(0, 60), what: expected });

const parseUuid = (part: string, member: string): string => {
	const bare =
		part.startsWith("{") && part.endsWith("}") ? part.slice(1, -1) : part;
	if (HYPHENATED.test(bare)) return bare.toLowerCase();
	const groups = PLAIN.exec(bare);
	if (!groups) throw malformed(part || member, "a server UUID");
	return groups.slice(1).join("-").toLowerCase();
};

/** @returns undefined for a reversed interval, which the server reads as empty. */
const parseInterval = (part: string, member: string): Interval | undefined => {
	const match = INTERVAL.exec(part);
	const first = BigInt(match?.[1] ?? 0);
	const last = match?.[2] === undefined ? first : BigInt(match[2]);
	if (first < 1n || first > GREATEST || last > GREATEST)
		throw malformed(
			part || member,
			"an interval of transaction numbers or a tag",
		);
	return last < first ? undefined : { first, last };
};

/** Adds the intervals of one `uuid[:tag]:interval…` to those found so far. */
const readMember = (member: string, found: Map<string, Interval[]>): void => {
	const [uuidPart = "", ...parts] = member.split(":");
	const uuid = parseUuid(uuidPart.trim(), member);
	let origin = uuid;
	for (const untrimmed of parts) {
		const part = untrimmed.trim();
		if (TAG.test(part)) {
			origin = `${uuid}:${part.toLowerCase()}`;
			continue;
		}
		const interval = parseInterval(part, member);
		if (!interval) continue;
		const intervals = found.get(origin);
		if (intervals) intervals.push(interval);
		else found.set(origin, [interval]);
	}
};

/**
 * Reads `uuid[:tag]:interval[:interval]…[:tag:interval…][,uuid…]` in any order, and as leniently as the server does:
 * white space, empty members, and a UUID or tag without intervals, which adds nothing. It refuses what the server
 * refuses.
 * @throws BatonError BadInput naming the part that cannot be read.
 */
export const parseGtidSet = (text: string): MySqlGtidSet => {
	const found = new Map<string, Interval[]>();
	const foreign = FOREIGN.exec(text);
	if (foreign)
		throw malformed(
			text.slice(Math.max(0, foreign.index - 20), foreign.index + 20),
			"plain text",
		);
	for (const untrimmed of text.split(",")) {
		const member = untrimmed.trim();
		if (member !== "") readMember(member, found);
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
