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

/** Whether the pattern is found in the text. An empty pattern is found everywhere, as in Go. */
export const patternMatches = (source: string, text: string): boolean =>
	compilePattern(source)?.test(text) ?? false;
