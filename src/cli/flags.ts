/**
 * Command line flags as Go's `flag` package reads them: one or two dashes, `-name value` or `-name=value`,
 * booleans take a value only with `=`, reading stops at the first word that is no flag, the last of repeated flags wins.
 */
import { type BatonError, errors } from "../errors.ts";
import { alike, meant } from "../naming/near.ts";

export interface FlagSpec {
	readonly name: string;
	readonly type: "string" | "bool";
	readonly default: string | boolean;
	/** One line for the listing. */
	readonly usage: string;
}

export type FlagValues = Readonly<Record<string, string | boolean>>;

interface Parsed {
	readonly kind: "parsed";
	readonly values: FlagValues;
	/** Names of the flags that were given. */
	readonly given: ReadonlySet<string>;
	readonly positional: readonly string[];
	/** Names of those that were given more than once, of which the last counts. */
	readonly doubled: ReadonlySet<string>;
	/** A lone `--` stands in front of the words: there are no flags behind it. */
	readonly isEnded: boolean;
}

export type ParsedFlags =
	| Parsed
	/** `-h`, `-help`; behind which word, if any. */
	| { readonly kind: "help"; readonly word: string }
	| { readonly kind: "error"; readonly error: BatonError };

const TRUE = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE = new Set(["0", "f", "F", "FALSE", "false", "False"]);

const asBoolean = (text: string): boolean | undefined => {
	if (TRUE.has(text)) return true;
	return FALSE.has(text) ? false : undefined;
};

const isFlagWord = (word: string): boolean =>
	word.length > 1 && word.startsWith("-");

/** A word taken apart: `--name=value`. `undefined` for a word such as `-=x` or `---x`. */
const takeApart = (
	word: string,
): { name: string; value: string | undefined } | undefined => {
	const body = word.startsWith("--") ? word.slice(2) : word.slice(1);
	if (body === "" || body.startsWith("-") || body.startsWith("="))
		return undefined;
	const at = body.indexOf("=");
	return at < 0
		? { name: body, value: undefined }
		: { name: body.slice(0, at), value: body.slice(at + 1) };
};

const error = (made: BatonError): ParsedFlags => ({
	kind: "error",
	error: made,
});

const nothingGiven = (
	specs: readonly FlagSpec[],
): Pick<Parsed, "values" | "given" | "doubled"> => ({
	values: Object.fromEntries(specs.map((spec) => [spec.name, spec.default])),
	given: new Set(),
	doubled: new Set(),
});

/**
 * Reads `argv` (without the program's name). Never throws: a bad word is an answer of kind `error`.
 * @param before what was given in front of it
 */
export const parseFlags = (
	argv: readonly string[],
	specs: readonly FlagSpec[],
	before = nothingGiven(specs),
): ParsedFlags => {
	const byName = new Map(specs.map((spec) => [spec.name, spec]));
	const values: Record<string, string | boolean> = { ...before.values };
	const given = new Set(before.given);
	const doubled = new Set(before.doubled);
	let isEnded = false;
	let at = 0;
	for (; at < argv.length; at++) {
		const word = argv[at] ?? "";
		if (!isFlagWord(word)) break;
		if (word === "--") {
			isEnded = true;
			at++;
			break;
		}
		const parts = takeApart(word);
		if (parts === undefined) return error(errors.noFlag({ word }));
		const spec = byName.get(parts.name);
		if (spec === undefined) {
			if (parts.name === "h" || parts.name === "help")
				return { kind: "help", word: "" };
			return error(
				errors.flagUnknown({
					flag: parts.name,
					near: meant(
						alike(parts.name, [...byName.keys()]).map((name) => `-${name}`),
					),
				}),
			);
		}
		if (given.has(spec.name)) doubled.add(spec.name);
		given.add(spec.name);
		if (spec.type === "bool") {
			const value = asBoolean(parts.value ?? "true");
			if (value === undefined)
				return error(
					errors.noBoolean({ flag: spec.name, text: parts.value ?? "" }),
				);
			values[spec.name] = value;
			continue;
		}
		const value = parts.value ?? argv[++at];
		if (value === undefined)
			return error(errors.flagWithoutValue({ flag: spec.name }));
		values[spec.name] = value;
	}
	return {
		kind: "parsed",
		values,
		given,
		doubled,
		positional: argv.slice(at),
		isEnded,
	};
};

/** The same, but for the words: flags are read behind them, too. */
export const parseFlagsAnywhere = (
	argv: readonly string[],
	specs: readonly FlagSpec[],
): ParsedFlags => {
	const words: string[] = [];
	let parsed = parseFlags(argv, specs);
	while (parsed.kind === "parsed" && !parsed.isEnded) {
		const [word, ...rest] = parsed.positional;
		if (word === undefined) return { ...parsed, positional: words };
		words.push(word);
		parsed = parseFlags(rest, specs, parsed);
	}
	if (parsed.kind === "help") return { ...parsed, word: words[0] ?? "" };
	return parsed.kind === "parsed"
		? { ...parsed, positional: [...words, ...parsed.positional] }
		: parsed;
};

const defaultText = (spec: FlagSpec): string => {
	if (spec.default === "" || spec.default === false) return "";
	return typeof spec.default === "string"
		? ` (default ${JSON.stringify(spec.default)})`
		: ` (default ${spec.default})`;
};

/** The full listing, flags by name, in the layout of Go's `PrintDefaults`. Ends in a newline. */
export const flagListing = (
	program: string,
	specs: readonly FlagSpec[],
): string => {
	const lines = [...specs]
		.sort((a, b) => (a.name < b.name ? -1 : 1))
		.map((spec) => {
			const kind = spec.type === "string" ? " string" : "";
			return `  -${spec.name}${kind}\n    \t${spec.usage}${defaultText(spec)}`;
		});
	return `Usage of ${program}:\n${lines.join("\n")}\n`;
};
