/** What the drop-in answers are made of. `bigint` is for the 64-bit counters that a JavaScript number would round. */
export type Json =
	| null
	| boolean
	| number
	| bigint
	| string
	| readonly Json[]
	| { readonly [field: string]: Json };

const ESCAPES: Readonly<Record<string, string>> = {
	"<": "\\u003c",
	">": "\\u003e",
	"&": "\\u0026",
	"\u2028": "\\u2028",
	"\u2029": "\\u2029",
};

const text = (value: string): string =>
	JSON.stringify(value).replace(
		/[<>&\u2028\u2029]/g,
		(character) => ESCAPES[character] ?? character,
	);

/**
 * Compact JSON as the reference emits it: fields in the order of the object, `<`, `>` and `&` escaped, whole
 * 64-bit integers unrounded, no final newline.
 */
export const toGoJson = (value: Json): string => {
	if (value === null) return "null";
	if (typeof value === "string") return text(value);
	if (typeof value === "bigint") return value.toString();
	if (typeof value !== "object") return JSON.stringify(value);
	if (isList(value)) return `[${value.map(toGoJson).join(",")}]`;
	const fields = Object.entries(value).map(
		([name, field]) => `${text(name)}:${toGoJson(field)}`,
	);
	return `{${fields.join(",")}}`;
};

const isList = (value: object): value is readonly Json[] =>
	Array.isArray(value);
