/**
 * Regular expressions of configuration files. They are written for Go's RE2; what RE2 refuses is refused here too
 * (lookaround, back references), so that a pattern matches the same hosts in both, or none.
 */

const POSIX_CLASSES: Readonly<Record<string, string>> = {
	alnum: "0-9A-Za-z",
	alpha: "A-Za-z",
	ascii: "\\x00-\\x7F",
	blank: "\\t ",
	cntrl: "\\x00-\\x1F\\x7F",
	digit: "0-9",
	graph: "!-~",
	lower: "a-z",
	print: " -~",
	punct: "!-/:-@[-`{-~",
	space: "\\t\\n\\v\\f\\r ",
	upper: "A-Z",
	word: "0-9A-Za-z_",
	xdigit: "0-9A-Fa-f",
};

/** One construct whose spelling or standing differs between the two, outside and inside a class. */
const CONSTRUCT =
	/\\x\{([0-9A-Fa-f]{1,4})\}|\\Q([\s\S]*?)(?:\\E|$)|\[:(\^?)(\w+):\]|\\[\s\S]|\(\?P(?=<\w+>)|\(\?|\[\^?\]?|\]/g;

const quoted = (text: string): string =>
	text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

class Unsupported extends Error {}

const refuse = (): never => {
	throw new Unsupported();
};

/** An escape outside the common ground of both languages. */
const translateEscape = (found: string, inClass: boolean): string => {
	if (found === "\\a") return "\\x07";
	if (inClass) return /^\\[pPC1-9bBAzkK]/.test(found) ? refuse() : found;
	if (found === "\\A") return "(?<![\\s\\S])";
	if (found === "\\z") return "(?![\\s\\S])";
	return /^\\(?:[dDwWsSbBfnrtvx]|[^A-Za-z0-9])/.test(found) ? found : refuse();
};

const posixClass = (negated: boolean, name: string): string => {
	const members = POSIX_CLASSES[name] ?? refuse();
	// A negated class inside a class has no counterpart.
	return negated ? refuse() : members;
};

/** The start of a group: plain or named. Lookaround and flags within an expression are refused. */
const groupStart = (rest: string): string =>
	/^\(\?(?:P?<\w+>|:)/.test(rest) ? "(?" : refuse();

const translate = (source: string): string => {
	let inClass = false;

	const bracket = (found: string): string => {
		const [open, closes] = [found !== "]", found.endsWith("]")];
		if (inClass) {
			inClass = !closes;
			return open ? `\\${found}` : found;
		}
		inClass = open;
		// A bracket that stands first in a class is a member of it.
		return open && closes ? `${found.slice(0, -1)}\\]` : found;
	};

	return source.replace(
		CONSTRUCT,
		(
			found,
			hex: string | undefined,
			literal: string | undefined,
			not: string | undefined,
			name: string | undefined,
			offset: number,
		) => {
			if (hex !== undefined) return `\\u${hex.padStart(4, "0")}`;
			if (literal !== undefined) return quoted(literal);
			// Outside a class `[:alpha:]` is an ordinary class of these characters.
			if (name !== undefined)
				return inClass ? posixClass(not === "^", name) : found;
			if (found.startsWith("\\")) return translateEscape(found, inClass);
			if (found.startsWith("(?"))
				return inClass ? found : groupStart(source.slice(offset));
			return bracket(found);
		},
	);
};

const compiled = (source: string, more: string): RegExp | undefined => {
	const [prefix = "", flags = ""] = /^\(\?([ims]+)\)/.exec(source) ?? [];
	try {
		return new RegExp(
			translate(source.slice(prefix.length)),
			[...new Set(flags + more)].join(""),
		);
	} catch {
		// Both an unsupported construct and a syntax error mean: no such pattern. The loader warns of each.
		return undefined;
	}
};

/** Compiles a pattern for an unanchored search; undefined where it is invalid, which then never matches. */
export const compilePattern = (source: string): RegExp | undefined =>
	compiled(source, "");

/** The same for a search in hosts and in what is made of them: case does not count there, and what is searched is in lower case. */
export const hostPattern = (source: string): RegExp | undefined =>
	compiled(source, "i");

/** Quantifiers in a pattern that a node searches with: RE2 needs no such limits, but here each may multiply the time of a search. */
const MOST_QUANTIFIERS = 12;
const MOST_OPEN_ENDED = 3;

const ESCAPES_AND_CLASSES = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]])*\]/g;
const GROUP_START = /\(\?(?:P?<\w+>|:|[ims]+\))?/g;
const QUANTIFIER = /[*+?]|\{\d+(?:,\d*)?\}/g;
/** A group that is repeated, and within which something is repeated, or chosen. */
const REPEATED_GROUP = /\([^()]*[*+?{|][^()]*\)(?:[*+]|\{)/;
const INNER_GROUP = /\(([^()]*)\)/;

/** Whether a group is repeated that holds repetitions or choices itself, at whatever depth. */
const repeatsRepetition = (bare: string): boolean => {
	let rest = bare;
	while (INNER_GROUP.test(rest)) {
		if (REPEATED_GROUP.test(rest)) return true;
		// What was in a group counts for the one around it.
		rest = rest.replace(INNER_GROUP, (_, inner: string) =>
			/[*+?{|]/.test(inner) ? "x+" : "x",
		);
	}
	return false;
};

/**
 * {@link hostPattern} for whoever searches in a process that must not stand still: patterns whose search could take for ever are
 * refused like those that are none, and so is quoted text, which could hide one. Those that people write for host names pass.
 */
export const quickHostPattern = (source: string): RegExp | undefined => {
	const bare = source
		.replace(ESCAPES_AND_CLASSES, "x")
		.replace(GROUP_START, "(");
	const quantifiers = bare.match(QUANTIFIER) ?? [];
	const openEnded = quantifiers.filter((each) => each !== "?");
	return source.includes("\\Q") ||
		quantifiers.length > MOST_QUANTIFIERS ||
		openEnded.length > MOST_OPEN_ENDED ||
		repeatsRepetition(bare)
		? undefined
		: hostPattern(source);
};

/** Whether the pattern is found in the text. An empty pattern is found everywhere, as in Go. */
export const patternMatches = (source: string, text: string): boolean =>
	compilePattern(source)?.test(text) ?? false;
