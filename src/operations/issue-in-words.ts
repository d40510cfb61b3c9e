import type { core } from "zod/mini";
import { shortened } from "../errors.ts";

const KINDS: Readonly<Record<string, string>> = {
	string: "no text",
	number: "no number",
	int: "no whole number",
	boolean: "not true or false",
	object: "no object",
	record: "no object",
	array: "no list",
};

/**
 * What a value is, for which its schema has no words of its own: to follow its name and "is".
 * @returns undefined where zod's own words will do
 */
export const issueInWords = (issue: core.$ZodRawIssue): string | undefined => {
	if (issue.code === "invalid_type")
		return issue.input === undefined ? "missing" : KINDS[issue.expected];
	if (issue.code === "too_big" && issue.origin === "string")
		return `longer than ${issue.maximum} characters`;
	return undefined;
};

/** Names that fields have; others were given by whoever can reach Temporal, and may be anything. */
const USUAL = /^[\w.-]{1,64}$/;

/** The name of a field that was given, as a part of one line. */
export const fieldInWords = (name: string): string =>
	USUAL.test(name) ? name : JSON.stringify(shortened(name));

/** The same with the name of the value, as a message of zod's. */
export const namedIssue = (issue: core.$ZodRawIssue): string | undefined => {
	const is = issueInWords(issue);
	return is === undefined
		? undefined
		: `${issue.path?.join(".") || "input"} is ${is}`;
};
