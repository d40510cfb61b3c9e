/** How an error of the catalogue is written down: its code, and its words with a `<name>` for each value that is put in. */
import { BatonError } from "./baton-error.ts";
import type { ErrorCode } from "./codes.ts";

/** A list is shown with commas between, a time as ISO 8601. */
type Value = string | number | Date | readonly string[];

type NamesIn<Words extends string> =
	Words extends `${string}<${infer Name}>${infer Rest}`
		? Name | NamesIn<Rest>
		: never;

interface Options {
	readonly cause?: unknown;
}

type Given<Names extends string> = [Names] extends [never]
	? [options?: Options]
	: [values: Readonly<Record<Names, Value>>, options?: Options];

/** Makes the error from the values that its words name. */
export interface Template<Names extends string> {
	(...given: Given<Names>): BatonError;
	readonly code: ErrorCode;
	readonly words: string;
}

/** A name in quotes, which quotes and escapes its value, or one without. */
const PLACEHOLDER = /"<(\w+)>"|<(\w+)>/g;

const shown = (value: unknown): string => {
	if (value instanceof Date) return value.toISOString();
	return Array.isArray(value) ? value.join(", ") : String(value);
};

/** Longer texts are not read; what was given is recognised by its beginning. */
const LONGEST_QUOTED = 200;

/** What somebody gave, as far as it is needed to recognise it. */
export const shortened = (text: string): string =>
	text.length <= LONGEST_QUOTED
		? text
		: `${text.slice(0, LONGEST_QUOTED)}… (${text.length} characters)`;

const filled = (
	words: string,
	values: Readonly<Record<string, unknown>>,
): string =>
	words.replace(
		PLACEHOLDER,
		(_, quoted: string | undefined, bare: string | undefined) =>
			quoted === undefined
				? shown(values[bare ?? ""])
				: JSON.stringify(shortened(shown(values[quoted]))),
	);

/** @param words the thing, the reason and the remedy. They name no secret and no SQL text */
export const error = <const Words extends string>(
	code: ErrorCode,
	words: Words,
): Template<NamesIn<Words>> => {
	const takesValues = words.search(PLACEHOLDER) >= 0;
	const make = (...given: readonly unknown[]): BatonError => {
		const [values, options] = takesValues ? given : [{}, ...given];
		return new BatonError(
			code,
			filled(words, values as Readonly<Record<string, unknown>>),
			options as Options | undefined,
		);
	};
	return Object.assign(make, { code, words });
};
