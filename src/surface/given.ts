/** What a row takes, given by name: in place of flags, or of a route. */
import { object, safeParse } from "zod/mini";
import { errors } from "../errors.ts";
import { givenInstance } from "../naming/instances.ts";
import { didYouMean } from "../naming/near.ts";
import { fieldInWords, issueInWords } from "../operations/issue-in-words.ts";
import { isHost } from "../topology/host.ts";
import { splitName } from "../topology/instance-name.ts";
import {
	type Argument,
	type Called,
	type Fields,
	type Resolve,
	resolveBy,
} from "./argument.ts";
import { port } from "./arguments/field.ts";
import type { Described } from "./described.ts";

/** A command and its arguments, as they were given: by name, nothing checked but their shape. */
export interface GivenCommand {
	readonly command: string;
	readonly args: Readonly<Record<string, unknown>>;
	/** Who asks, for the record; empty when it was not said. */
	readonly requestedBy: string;
}

type Texts = Record<string, string>;

/** Of one argument, characters: that of a comment, which is the longest. */
const LONGEST = 4_096;
/** Of a name for the record, and of a command. Characters. */
const LONGEST_NAME = 128;

/** Fields that say yes or no: a word that is neither is not taken for no. */
const TRUTHS: ReadonlySet<string> = new Set([
	"force",
	"skipProcesses",
	"dryRun",
]);

const isFields = (told: unknown): told is Readonly<Record<string, unknown>> =>
	typeof told === "object" && told !== null && !Array.isArray(told);

/** @throws BatonError BadInput naming the field */
const unfit = (command: string, field: string, why: string): never => {
	throw errors.unfitArgument({ command, field: fieldInWords(field), why });
};

const name = (given: unknown): string | undefined =>
	typeof given === "string" &&
	given.length <= LONGEST_NAME &&
	!/\p{Cc}/u.test(given)
		? given.trim()
		: undefined;

const TAKEN = ["command", "args", "requestedBy"];

/** @throws BatonError BadInput naming the field */
export const givenCommand = (told: unknown): GivenCommand => {
	const refuse = (field: string, why: string): never =>
		unfit("an operation", field, why);
	if (!isFields(told))
		return refuse("input", 'must be {"command": "…", "args": {…}}');
	for (const field of Object.keys(told))
		if (!TAKEN.includes(field))
			refuse(
				field,
				`is none of ${TAKEN.join(", ")}${didYouMean(field, TAKEN)}`,
			);
	const command = name(told["command"]);
	if (command === undefined || command === "")
		return refuse(
			"command",
			told["command"] === undefined ? "is missing" : "must name a command",
		);
	const { args = {}, requestedBy = "" } = told;
	if (!isFields(args)) return refuse("args", "must be an object");
	return {
		command,
		args,
		requestedBy:
			name(requestedBy) ??
			refuse(
				"requestedBy",
				`must be a text of up to ${LONGEST_NAME} characters`,
			),
	};
};

const textOf = (command: string, field: string, value: unknown): string => {
	if (typeof value === "number" && Number.isSafeInteger(value))
		return `${value}`;
	if (typeof value === "boolean") return `${value}`;
	if (typeof value !== "string")
		return unfit(
			command,
			field,
			"must be a text, a whole number, or true or false",
		);
	return value.length <= LONGEST
		? value
		: unfit(command, field, `is longer than ${LONGEST} characters`);
};

/** The fields of a server: its host and its port. */
const pairIn = (
	fields: Fields,
): { readonly host: string; readonly port: string } | undefined => {
	const names = Object.keys(fields);
	const host = names.find((each) => /host$/i.test(each));
	const place = names.find((each) => /port$/i.test(each));
	return host === undefined || place === undefined
		? undefined
		: { host, port: place };
};

/** An argument under the name that its row has for it, in place of its fields: a server as host:port, a cluster as a hint. */
const expanded = (
	{ api }: Argument<unknown>,
	label: string,
	text: string,
	defaultPort: number,
): Texts => {
	const fields = api?.fields ?? {};
	if ("clusterHint" in fields) return { clusterHint: text };
	const pair = pairIn(fields);
	if (pair !== undefined) {
		const at = splitName(givenInstance(label, text, defaultPort));
		return { [pair.host]: at.host, [pair.port]: `${at.port}` };
	}
	const [only = ""] = Object.keys(fields);
	return { [only]: text };
};

/** Those that can be given under the name that their row has for them. */
const hasOneName = ({ api }: Argument<unknown>): boolean => {
	const fields = api?.fields ?? {};
	return (
		"clusterHint" in fields ||
		pairIn(fields) !== undefined ||
		Object.keys(fields).length === 1
	);
};

/** The names by which a row's arguments can be given. */
export const argumentNames = ({ takes, fields }: Described): string[] => [
	...new Set([
		...Object.entries(takes).flatMap(([label, each]) =>
			hasOneName(each) ? [label] : [],
		),
		...Object.keys(fields),
	]),
];

/** As fields of the row's routes. */
const fieldsOf = (
	row: Described,
	args: Readonly<Record<string, unknown>>,
	defaultPort: number,
): Texts => {
	const known = argumentNames(row);
	const given: Texts = {};
	const givenBy: Texts = {};
	for (const [label, value] of Object.entries(args)) {
		if (!known.includes(label))
			unfit(
				row.name,
				label,
				known.length === 0
					? "is nothing that it takes: it takes no arguments"
					: `is nothing that it takes${didYouMean(label, known)}; it takes ${known.join(", ")}`,
			);
		const text = textOf(row.name, label, value);
		const argument = row.takes[label];
		const parts =
			label in row.fields || argument === undefined
				? { [label]: text }
				: expanded(argument, label, text, defaultPort);
		for (const [field, part] of Object.entries(parts)) {
			if (field in given)
				unfit(row.name, label, `is given by ${givenBy[field]} already`);
			given[field] = part;
			givenBy[field] = label;
		}
	}
	return given;
};

/** Half a pair, or a bad one, is refused by its field. */
const checkPairs = (row: Described, given: Texts): void => {
	for (const { api } of Object.values(row.takes)) {
		const pair = pairIn(api?.fields ?? {});
		if (pair === undefined) continue;
		const host = given[pair.host];
		const place = given[pair.port];
		if (host === undefined && place === undefined) continue;
		if (host === undefined) unfit(row.name, pair.host, "is missing");
		if (place === undefined) unfit(row.name, pair.port, "is missing");
		if (!isHost(host?.trim() ?? "")) unfit(row.name, pair.host, "is no host");
		if (!port.safeParse(place).success)
			unfit(row.name, pair.port, "is no port");
	}
};

const isGiven = (argument: Argument<unknown>, given: Texts): boolean =>
	Object.keys(argument.api?.fields ?? {}).some((field) => field in given);

/** What the routes let out, and a command's flag must have; and the cluster, which the command line knows from where it is typed. */
const isNeeded = ({ cli, api }: Argument<unknown>): boolean => {
	const fields = api?.fields ?? {};
	return (
		cli?.flags.some((each) => each.isRequired) === true ||
		("clusterHint" in fields && pairIn(fields) !== undefined)
	);
};

const checkNeeded = (row: Described, given: Texts): void => {
	for (const [label, each] of Object.entries(row.takes))
		if (isNeeded(each) && !isGiven(each, given))
			unfit(row.name, label, "is missing");
};

const checkTruths = (row: Described, given: Texts): void => {
	for (const [field, text] of Object.entries(given))
		if (TRUTHS.has(field) && text !== "true" && text !== "false")
			unfit(row.name, field, "must be true or false");
};

/** A field that is missing, by the name that its row has for the whole. */
const labelOf = (row: Described, field: string, given: Texts): string => {
	const taken = Object.entries(row.takes).find(
		([, each]) => field in (each.api?.fields ?? {}),
	);
	return taken === undefined ||
		!hasOneName(taken[1]) ||
		isGiven(taken[1], given)
		? field
		: taken[0];
};

/**
 * Arguments by name as the values that the row takes. Names are those of its routes' parameters; a server may be given as
 * host:port and a cluster as a hint, under the name that the row has for it.
 * @throws BatonError BadInput naming the field; what the arguments throw
 */
export const resolveGiven = (
	row: Described,
	args: GivenCommand["args"],
	called: Called,
): Resolve => {
	const given = fieldsOf(row, args, called.configuration.DefaultInstancePort);
	checkPairs(row, given);
	checkNeeded(row, given);
	checkTruths(row, given);
	const parsed = safeParse(object(row.fields), given, { error: issueInWords });
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		const field = String(issue?.path[0] ?? "args");
		return field in given
			? unfit(row.name, field, `is unfit: ${issue?.message ?? "malformed"}`)
			: unfit(row.name, labelOf(row, field, given), "is missing");
	}
	return resolveBy((argument, label) => {
		if (argument.api !== undefined)
			return argument.api.read(parsed.data, called);
		throw errors.noParameter({ name: label });
	});
};
