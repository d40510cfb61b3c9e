/** Shorter texts are read faster than they are found again. */
const LONG = 4_000;
/** What is planned with at once: the sets of a cluster, and what was made of them. */
const MOST = 16;

/**
 * The same pure function, which reads a long text once: planning asks about the same sets of hundreds of kilobytes again and again. It
 * keeps the last few; whoever is given a result must not change it.
 */
export const remembered = <Parsed>(
	parse: (text: string) => Parsed,
): ((text: string) => Parsed) => {
	const last = new Map<string, Parsed>();
	return (text) => {
		if (text.length < LONG) return parse(text);
		const known = last.get(text);
		last.delete(text);
		const parsed = known ?? parse(text);
		last.set(text, parsed);
		const [oldest] = last.keys();
		if (last.size > MOST && oldest !== undefined) last.delete(oldest);
		return parsed;
	};
};
