// What the matrix finds and this version does not mend yet. Whatever is added here needs a reason; what is mended is taken out.

export interface Known {
	readonly says: string;
	/** What the judge says of it. */
	readonly verdict: RegExp;
	/** A line of the story that it shows in. */
	readonly story: RegExp;
}

const KNOWN: readonly Known[] = [
	{
		// The server takes writes from the moment in which it takes connections, the first of which may be a client's: nobody but its own
		// option file (read_only) can keep them off. The writer of s1 tries each few milliseconds; its first ids after the failover begin so.
		says: "an old primary that its host starts with its writes open takes a write or two until the first contact, which no other server has; it is held back with them",
		verdict:
			/^(lost: [1-3] acknowledged writes are missing on s\d: 500000\d|end: two open: s1 and s\d for at least \d\d?\.)/,
		story: /rejoin of s1: .*s1 is held back, read-only: it has transactions/,
	},
	{
		// MySQL deletes its logs in one statement and sets gtid_purged in another, and starts replication by itself when it is started
		// again. Whoever was to say the second one is gone for good, or cannot reach it: nobody may guess what it was to be.
		says: "a server whose binary logs were deleted is not seen again before its gtid_purged could be set; what is to be set is told",
		verdict: /^(end: unaccounted: s4 does not follow s1|stalled: )/,
		story: /s4 (does|may) not know any more that it has applied/,
	},
	{
		// MariaDB writes down how far its applier has come by file and position behind the commit: a server that is killed between the two
		// applies its last transaction again when it is started, whoever has moved it. Only GTIDs are kept with the data.
		says: "a replica of MariaDB without GTIDs that is killed applies again what it has, and stands still there",
		verdict: /^end: unaccounted: s\d does not follow s1.*Duplicate entry/,
		story: /by file and position/,
	},
];

/** Which of them the verdict is; undefined for something new. */
export const knownAs = (
	verdict: string,
	story: readonly string[],
): Known | undefined =>
	KNOWN.find(
		(each) =>
			each.verdict.test(verdict) && story.some((line) => each.story.test(line)),
	);
