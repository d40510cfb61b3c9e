/** A set of GTIDs that is longer than so many characters is nothing that a person reads. */
const LONGEST = 1_000;
/** So much of it is shown. */
const SHOWN = 400;

/** Sets are printed without spaces: no other word is so long. */
const LONG_SETS = new RegExp(`[\\w:,-]{${LONGEST + 1},}`, "g");

/** A sentence for people, with the beginning of each GTID set that is too long for one. Servers have sets of hundreds of kilobytes. */
export const shortened = (text: string): string =>
	text.length <= LONGEST
		? text
		: text.replace(
				LONG_SETS,
				(set) => `${set.slice(0, SHOWN)}… (${set.length} characters)`,
			);

/** Plain data whose texts are {@link shortened}: what travels through a workflow's history stays small. */
export const withShortSets = <T>(value: T): T => {
	if (typeof value === "string") return shortened(value) as T;
	if (Array.isArray(value)) return value.map(withShortSets) as T;
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, each]) => [key, withShortSets(each)]),
	) as T;
};
