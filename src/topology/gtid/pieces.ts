import { parseGtidSet } from "./mysql-gtid-set.ts";

/** A set of MySQL GTIDs as intervals of one originator each, `uuid[:tag]:1-7`. @throws BatonError BadInput */
export const gtidPieces = (text: string): readonly string[] =>
	[...parseGtidSet(text)].flatMap(([origin, intervals]) =>
		intervals.map(({ first, last }) =>
			first === last ? `${origin}:${first}` : `${origin}:${first}-${last}`,
		),
	);

/** Each GTID of the set, one by one; undefined when there are more than so many. @throws BatonError BadInput */
export const eachGtid = (
	text: string,
	most: number,
): readonly string[] | undefined => {
	const all: string[] = [];
	for (const [origin, intervals] of parseGtidSet(text))
		for (const { first, last } of intervals) {
			if (last - first >= BigInt(most - all.length)) return undefined;
			for (let at = first; at <= last; at++) all.push(`${origin}:${at}`);
		}
	return all;
};
