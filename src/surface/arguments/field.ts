/** The single parameters of the API that arguments are made of. Messages as the drop-in surface has them. */
import {
	maxLength,
	minLength,
	number,
	enum as oneOf,
	pipe,
	refine,
	regex,
	string,
	transform,
	trim,
} from "zod/mini";
import { isHost } from "../../topology/host.ts";

export const host = string().check(
	trim(),
	refine((text) => isHost(text), "invalid host"),
);

export const port = pipe(
	pipe(
		string().check(trim(), regex(/^\d{1,5}$/, "invalid port")),
		transform(Number),
	),
	number().check(
		refine((value) => value >= 1 && value <= 65535, "invalid port"),
	),
);

/** For people to read, such as a reason. */
export const text = string().check(
	trim(),
	minLength(1, "empty parameter"),
	maxLength(1024),
);

/** A name is part of lines that people and programs read: with a line end in it, it would make two of one. */
const IN_A_LINE = refine<string>(
	(name) => !/\p{Cc}/u.test(name),
	"control character in a parameter",
);

export const word = text.check(IN_A_LINE);

/** A name that may be taken away by giving none. */
export const nameOrNone = (most: number) =>
	string().check(trim(), maxLength(most), IN_A_LINE);

/** A number of at most 15 digits, which is what a number holds without rounding. */
export const idText = (message: string) =>
	string().check(trim(), regex(/^\d{1,15}$/, message));

const YES: readonly string[] = ["true", "1", ""];

/** Whether nothing is to be done but to tell what would be. Another word than yes or no is not taken for no. */
export const dryRunField = oneOf(["true", "1", "", "false", "0"], {
	error: "dryRun must be true or false, and nothing was done",
});

/** @see dryRunField */
export const isDryRun = (given: unknown): boolean =>
	typeof given === "string" && YES.includes(given);
