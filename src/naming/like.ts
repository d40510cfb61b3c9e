const ANY = "%";
const ONE = "_";

/**
 * SQL's LIKE, by which the reference matches names: `%` stands for any text, `_` for one character, and case does not count. Whoever may
 * look gives the pattern: it takes no longer than each place of the one with each of the other.
 */
export const isLike = (text: string, pattern: string): boolean => {
	const [all, wanted] = [text.toLowerCase(), pattern.toLowerCase()];
	let [at, next] = [0, 0];
	/** The last `%`, and up to where it has taken the text. */
	let any: { readonly behind: number; taken: number } | undefined;
	while (at < all.length) {
		const sign = wanted[next];
		if (sign === ANY) {
			next++;
			any = { behind: next, taken: at };
		} else if (sign === ONE || sign === all[at]) {
			at++;
			next++;
		} else if (any === undefined) return false;
		else {
			any.taken++;
			at = any.taken;
			next = any.behind;
		}
	}
	while (wanted[next] === ANY) next++;
	return next === wanted.length;
};
