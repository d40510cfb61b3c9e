/** Which of the known names somebody may have meant who mistyped one. */

/** Beyond this many typing errors two names are not taken for each other. */
const MAX_DISTANCE = 3;

/** Edits (insert, delete, replace, swap of neighbours) from one text to the other. */
export const editDistance = (from: string, to: string): number => {
	let twoAgo: number[] = [];
	let oneAgo = Array.from({ length: to.length + 1 }, (_, index) => index);
	for (let i = 1; i <= from.length; i += 1) {
		const row = [i];
		for (let j = 1; j <= to.length; j += 1) {
			const same = from[i - 1] === to[j - 1];
			const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
			row[j] = Math.min(
				(oneAgo[j] ?? 0) + 1,
				(row[j - 1] ?? 0) + 1,
				(oneAgo[j - 1] ?? 0) + (same ? 0 : 1),
				swapped && i > 1 && j > 1 ? (twoAgo[j - 2] ?? 0) + 1 : Infinity,
			);
		}
		twoAgo = oneAgo;
		oneAgo = row;
	}
	return oneAgo[to.length] ?? 0;
};

/** The names within a few typing errors of the text, nearest first; whether letters are small or capital does not count. */
const mistyped = (text: string, known: readonly string[]): string[] => {
	const wanted = text.toLowerCase();
	return known
		.filter((name) => Math.abs(name.length - wanted.length) <= MAX_DISTANCE)
		.map((name) => ({
			name,
			distance: editDistance(wanted, name.toLowerCase()),
		}))
		.filter(({ distance }) => distance <= MAX_DISTANCE)
		.toSorted((a, b) => a.distance - b.distance)
		.map(({ name }) => name);
};

/** The one that is nearest to the text, if any is near. */
export const nearest = (
	text: string,
	known: readonly string[],
): string | undefined => mistyped(text, known)[0];

/** Of many near ones so many are named. */
const MOST_NAMED = 3;
/** Of a shorter text as many letters are wrong as right. */
const SHORTEST = 3;

/** Those that contain the text or are contained in it, and those that are near it and more alike than not. */
export const alike = (text: string, known: readonly string[]): string[] => {
	if (text.length < SHORTEST) return [];
	const wanted = text.toLowerCase();
	const near = mistyped(text, known).filter(
		(name) =>
			editDistance(wanted, name.toLowerCase()) * 2 <
			Math.min(name.length, wanted.length),
	);
	const parts = known.filter((name) => {
		const other = name.toLowerCase();
		return (
			other.includes(wanted) ||
			(other.length >= SHORTEST && wanted.includes(other))
		);
	});
	return [...new Set([...near, ...parts])];
};

/** `; did you mean shop or shop2?`, to follow what is said of an unknown name; empty for none. */
export const meant = (names: readonly string[]): string =>
	names.length === 0
		? ""
		: `; did you mean ${names.slice(0, MOST_NAMED).join(" or ")}?`;

/** The same of the known names that are like the text. */
export const didYouMean = (text: string, known: readonly string[]): string =>
	meant(alike(text, known));
