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
		says: "a new primary that dies before it has forgotten its source is taken for a co-primary or an intermediate source, and nobody is promoted until a person asks for it",
		verdict: /^unattended: /,
		story:
			/recovery of s\d: .*the failure no longer stands: (co-primary|intermediate source) s\d/,
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
