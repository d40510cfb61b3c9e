/**
 * What a value in a configuration file must be for each type of key, and what it is read as. The input is
 * a value as json.ts gives it, the message of an issue says what is wrong in words that follow `"Key"`.
 */
import {
	array,
	boolean,
	custom,
	int,
	nullable,
	enum as oneOf,
	pipe,
	regex,
	string,
	transform,
	tuple,
	type ZodMiniType,
} from "zod/mini";
import {
	isJsonNumber,
	isJsonObject,
	type JsonNumber,
	type JsonObject,
	type JsonValue,
	jsonKind,
} from "./json.ts";
import type { KeyDefinition, KeyValue, ValueType } from "./key.ts";

type Issue = { readonly input?: unknown };

/** zod knows of its input only that it is unknown; what comes in here was read by json.ts. */
const kindOf = ({ input }: Issue): string => jsonKind(input as JsonValue);

/** `what`, then the kind of value found and what to write instead. */
const notA = (what: string, remedy: string) => ({
	error: (issue: Issue) => `${what}, not ${kindOf(issue)}; ${remedy}`,
});

const bool = boolean({
	error: (issue) =>
		`must be true or false, not ${kindOf(issue)}; ${
			typeof issue.input === "string"
				? "remove the quotes"
				: "write true or false"
		}`,
});

const aNumber = custom<JsonNumber>(isJsonNumber, {
	error: (issue) =>
		`must be a whole number, not ${kindOf(issue)}${
			typeof issue.input === "string" ? "; remove the quotes" : ""
		}`,
});

const literal = pipe(
	aNumber,
	transform((value: JsonNumber) => value.literal),
);

/** Looked at as it is written: `5.0` and `5e0` are whole numbers to JavaScript, and refused by orchestrator. */
const wholeLiteral = pipe(
	literal,
	string().check(
		regex(
			/^-?\d+$/,
			"must be a whole number, written without fraction or exponent",
		),
	),
);

const whole = pipe(
	pipe(wholeLiteral, transform(Number)),
	int("is too large a number"),
);

const unsigned = pipe(
	pipe(
		pipe(wholeLiteral, string().check(regex(/^\d/, "must not be negative"))),
		transform(Number),
	),
	int("is too large a number"),
);

const text = string(notA("must be a text", "put it in double quotes"));

/** A text within a list or map. As in Go, null leaves it at its zero value. */
const element = (what: string) =>
	pipe(
		nullable(string(notA(what, "put it in double quotes"))),
		transform((value: string | null) => value ?? ""),
	);

const list = array(
	element("must be a list of texts; one element is"),
	notA("must be a list of texts", "write [ … ]"),
);

/** Through pairs, so that no name of a member, such as `__proto__`, is special. */
const map = pipe(
	pipe(
		custom<JsonObject>(isJsonObject, {
			error: (issue) => `must be an object of texts, not ${kindOf(issue)}`,
		}),
		transform(({ members }: JsonObject) =>
			members.map(([name, value]) => [name, value]),
		),
	),
	pipe(
		array(tuple([string(), element("must hold texts; one value is")])),
		transform((pairs: [string, string][]) => Object.fromEntries(pairs)),
	),
);

const SCHEMAS: Readonly<Record<ValueType, ZodMiniType<KeyValue>>> = {
	bool,
	int: whole,
	uint: unsigned,
	string: text,
	"string[]": list,
	map,
};

/** The schema of one key's values. */
export const valueSchema = ({
	type,
	choices,
}: KeyDefinition): ZodMiniType<KeyValue> =>
	choices === undefined
		? SCHEMAS[type]
		: pipe(text, oneOf([...choices], `must be one of: ${choices.join(", ")}`));
