/**
 * Command line flags as Go's `flag` package reads them: one or two dashes, `-name value` or `-name=value`,
 * booleans take a value only with `=`, reading stops at the first word that is no flag, the last of repeated flags wins.
 */
export interface FlagSpec {
	readonly name: string;
	readonly type: "string" | "bool";
	readonly default: string | boolean;
	/** One line for the listing. */
	readonly usage: string;
}

export type FlagValues = Readonly<Record<string, string | boolean>>;

export type ParsedFlags =
	| {
			readonly kind: "parsed";
			readonly values: FlagValues;
			/** Names of the flags that were given. */
			readonly given: ReadonlySet<string>;
			readonly positional: readonly string[];
	  }
	/** `-h`, `-help`. */
	| { readonly kind: "help" }
	| { readonly kind: "error"; readonly message: string };

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

const error = (message: string): ParsedFlags => ({ kind: "error", message });

/** Reads `argv` (without the program's name). Never throws: a bad word is an answer of kind `error`. */
export const parseFlags = (
	argv: readonly string[],
	specs: readonly FlagSpec[],
): ParsedFlags => {
	const byName = new Map(specs.map((spec) => [spec.name, spec]));
	const values: Record<string, string | boolean> = Object.fromEntries(
		specs.map((spec) => [spec.name, spec.default]),
	);
	const given = new Set<string>();
	let at = 0;
	for (; at < argv.length; at++) {
		const word = argv[at] ?? "";
		if (!isFlagWord(word)) break;
		if (word === "--") {
			at++;
			break;
		}
		const parts = takeApart(word);
		if (parts === undefined) return error(`bad flag syntax: ${word}`);
		const spec = byName.get(parts.name);
		if (spec === undefined) {
			if (parts.name === "h" || parts.name === "help") return { kind: "help" };
			return error(`flag provided but not defined: -${parts.name}`);
		}
		given.add(spec.name);
		if (spec.type === "bool") {
			const value = asBoolean(parts.value ?? "true");
			if (value === undefined)
				return error(
					`invalid boolean value ${JSON.stringify(parts.value)} for -${spec.name}: parse error`,
				);
			values[spec.name] = value;
			continue;
		}
		const value = parts.value ?? argv[++at];
		if (value === undefined)
			return error(`flag needs an argument: -${spec.name}`);
		values[spec.name] = value;
	}
	return { kind: "parsed", values, given, positional: argv.slice(at) };
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
