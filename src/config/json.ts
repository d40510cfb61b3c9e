/**
 * The JSON front end of configuration files: one object, members in file order with repeated names kept,
 * numbers as written, and whatever follows the closing brace ignored. JSON.parse serves none of these, and its messages
 * quote the text, which may hold a password.
 */

/** A number as the file writes it: `5`, `5.0` and `5e0` differ, as whole numbers must be written as such. */
export interface JsonNumber {
	readonly literal: string;
}

export interface JsonObject {
	readonly members: readonly (readonly [name: string, value: JsonValue])[];
}

export type JsonValue =
	| null
	| boolean
	| string
	| JsonNumber
	| JsonObject
	| readonly JsonValue[];

/** Where and why a text is not JSON. `message` names line and column and quotes nothing of the text. */
export class JsonSyntaxError extends Error {
	override readonly name = "JsonSyntaxError";
}

/** Deeper nesting than any configuration needs is refused before it can exhaust the stack. */
const MAX_DEPTH = 200;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const BLANK = /[ \t\r\n]*/y;

const WORDS: readonly (readonly [string, null | boolean])[] = [
	["null", null],
	["true", true],
	["false", false],
];

class JsonReader {
	readonly #text: string;
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	document(): JsonObject {
		if (this.#text.startsWith("\uFEFF"))
			return this.#fail("remove the byte-order mark");
		const first = this.#peek();
		if (first === undefined) return this.#fail("the file is empty; write {}");
		return first === "{"
			? this.#object(0)
			: this.#fail("expected one object: { … }");
	}

	#value(depth: number): JsonValue {
		if (depth > MAX_DEPTH) return this.#fail("nested too deeply");
		const first = this.#peek();
		if (first === "{") return this.#object(depth + 1);
		if (first === "[") return this.#array(depth + 1);
		return first === '"' ? this.#string() : this.#word();
	}

	#object(depth: number): JsonObject {
		this.#at += 1;
		const members: (readonly [string, JsonValue])[] = [];
		if (this.#take("}")) return { members };
		do members.push(this.#member(depth));
		while (this.#take(","));
		return this.#take("}") ? { members } : this.#fail('expected "," or "}"');
	}

	#member(depth: number): readonly [string, JsonValue] {
		if (this.#peek() !== '"')
			return this.#fail("expected a key in double quotes");
		const name = this.#string();
		return this.#take(":")
			? [name, this.#value(depth)]
			: this.#fail('expected ":"');
	}

	#array(depth: number): readonly JsonValue[] {
		this.#at += 1;
		const items: JsonValue[] = [];
		if (this.#take("]")) return items;
		do items.push(this.#value(depth));
		while (this.#take(","));
		return this.#take("]") ? items : this.#fail('expected "," or "]"');
	}

	#string(): string {
		const text = this.#text;
		const start = this.#at;
		this.#at += 1;
		while (text[this.#at] !== '"') {
			const code = text.charCodeAt(this.#at);
			if (Number.isNaN(code)) return this.#fail("a text is not closed");
			if (code < 0x20) return this.#fail("a text holds a control code");
			if (text[this.#at] !== "\\") this.#at += 1;
			else if (this.#match(ESCAPE) === undefined)
				return this.#fail("unknown escape");
		}
		this.#at += 1;
		return JSON.parse(text.slice(start, this.#at)) as string;
	}

	#word(): null | boolean | JsonNumber {
		for (const [name, meaning] of WORDS)
			if (this.#text.startsWith(name, this.#at)) {
				this.#at += name.length;
				return meaning;
			}
		const literal = this.#match(NUMBER);
		return literal === undefined ? this.#fail("expected a value") : { literal };
	}

	#match(pattern: RegExp): string | undefined {
		pattern.lastIndex = this.#at;
		const found = pattern.exec(this.#text)?.[0];
		this.#at += found?.length ?? 0;
		return found;
	}

	#peek(): string | undefined {
		this.#match(BLANK);
		return this.#text[this.#at];
	}

	#take(character: string): boolean {
		if (this.#peek() !== character) return false;
		this.#at += 1;
		return true;
	}

	#fail(what: string): never {
		const before = this.#text.slice(0, this.#at).split("\n");
		const column = (before.at(-1)?.length ?? 0) + 1;
		throw new JsonSyntaxError(
			`line ${before.length}, column ${column}: ${what}`,
		);
	}
}

/** The first object of the text. Throws JsonSyntaxError. */
export const readJsonObject = (text: string): JsonObject =>
	new JsonReader(text).document();

export const isJsonNumber = (value: unknown): value is JsonNumber =>
	typeof value === "object" && value !== null && "literal" in value;

export const isJsonObject = (value: unknown): value is JsonObject =>
	typeof value === "object" && value !== null && "members" in value;

/** What a value is, for messages. */
export const jsonKind = (value: JsonValue): string => {
	if (value === null) return "null";
	if (typeof value === "boolean") return "true or false";
	if (typeof value === "string") return "a text";
	if (Array.isArray(value)) return "a list";
	return "literal" in value ? "a number" : "an object";
};
