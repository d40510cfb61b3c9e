/**
 * The command line as a person types it: `baton topology shop`, `baton takeover shop --to db2`. Baton's own form, beside the drop-in one
 * with -c. Every flag and every word of it counts, wherever it stands, or is refused.
 */
import { errors } from "../errors.ts";
import type { Command } from "./command.ts";
import { commandNamed } from "./command-table.ts";
import { DESTINATIONS } from "./flag-table.ts";
import type { FlagValues } from "./flags.ts";

/** Short words for what is typed when it is urgent. */
export const SHORT_WORDS: Readonly<Record<string, string>> = {
	takeover: "graceful-master-takeover-auto",
	failover: "force-master-failover",
	analysis: "replication-analysis",
	instances: "all-instances",
	downtime: "begin-downtime",
	maintenance: "begin-maintenance",
};

/** The command of a word that stands where the modes stand. */
export const plainCommand = (word: string): Command | undefined =>
	commandNamed(SHORT_WORDS[word] ?? word);

/** Flags that say how the program runs and not what it does. */
const OF_THE_PROGRAM: ReadonlySet<string> = new Set([
	"config",
	"json",
	"quiet",
	"verbose",
	"debug",
	"stack",
	"owner",
	"noop",
	"skip-unresolve",
	"skip-unresolve-check",
	"skip-continuous-registration",
	"enable-database-update",
	"ignore-raft-setup",
]);

/** The flags whose values may be given as words, in the order in which a person names things: what it is about, where to, and what it cannot do without. */
export const placesOf = ({ flags }: Pick<Command, "flags">): string[] => {
	const names = flags.map(({ flag }) => flag.slice(1));
	const subject = ["alias", "i"].find((name) => names.includes(name));
	const needed = flags
		.filter(({ isRequired }) => isRequired)
		.map(({ flag }) => flag.slice(1));
	return [
		...new Set([
			...(subject === undefined ? [] : [subject]),
			...(names.includes("d") ? ["d"] : []),
			...needed,
		]),
	];
};

/** The words of a line. */
export interface PlainLine {
	/** As the command was typed. */
	readonly word: string;
	readonly command: Command;
	/** What stands behind it. */
	readonly words: readonly string[];
	/** It is explained, and not run: `explain takeover shop`. */
	readonly isExplained?: true;
}

const EXPLAINS = "explain";

/** The line of these words; undefined for a word that is no command. A command behind `explain` is the one that the line is about. */
export const plainLineOf = ([word = "", ...words]: readonly string[]):
	| PlainLine
	| undefined => {
	const command = plainCommand(word);
	if (command === undefined) return undefined;
	const [about = "", ...rest] = words;
	const explained = word === EXPLAINS ? plainCommand(about) : undefined;
	return explained === undefined
		? { word, command, words }
		: { word: about, command: explained, words: rest, isExplained: true };
};

interface GivenFlags {
	readonly values: FlagValues;
	/** Names of those that were given. */
	readonly given: ReadonlySet<string>;
	/** Of those that were given more than once. */
	readonly doubled: ReadonlySet<string>;
}

/** -i selects a cluster, too, where the command is about one. */
const isTaken = ({ flags }: Command, name: string): boolean =>
	OF_THE_PROGRAM.has(name) ||
	flags.some(
		({ flag }) =>
			flag === `-${name}` ||
			(flag === "-d" && DESTINATIONS.some((each) => each === name)),
	);

/** What was given by the flag, or another spelling of it; empty when nothing was. */
const givenBy = (name: string, { values, given }: GivenFlags): string => {
	const spellings: readonly string[] = name === "d" ? DESTINATIONS : [name];
	const found = spellings.find((each) => given.has(each));
	return found === undefined ? "" : String(values[found]);
};

/** An empty -hostname takes a virtual name away, an empty owner is who types it. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(["hostname", "owner"]);

/** What a variable that is not set leaves on the line. It is not taken for none: another server than the one that was meant would be chosen. */
const isEmpty = (value: unknown): boolean =>
	typeof value === "string" && value.trim() === "";

/** @throws BatonError BadInput for a flag that the command has no use for, and for one without a value */
const checkGiven = (
	{ word, command }: PlainLine,
	{ values, given, doubled }: GivenFlags,
): void => {
	for (const name of doubled) throw errors.flagTwice({ flag: `-${name}` });
	for (const name of given) {
		if (name === "c" && values["c"] === command.name) continue;
		if (name === "c")
			throw errors.twoCommands({ command: String(values["c"]), other: word });
		if (!isTaken(command, name))
			throw errors.flagNotTaken({ command: word, flag: `-${name}` });
		if (isEmpty(values[name]) && !MAY_BE_EMPTY.has(name))
			throw errors.emptyValue({ what: `-${name}` });
	}
};

/**
 * The flags that the words stand for, on top of those that were given.
 * @throws BatonError BadInput for a word or a flag that the command has no use for, for a thing that is given twice, and for one
 * that is empty
 */
export const valuesOfWords = (
	line: PlainLine,
	flags: GivenFlags,
): FlagValues => {
	checkGiven(line, flags);
	const { word, command, words, isExplained = false } = line;
	if (isExplained && command.access === "reads")
		throw errors.nothingToExplain({ command: word });
	const places = placesOf(command);
	if (words.length > places.length)
		throw errors.wordsTooMany({
			command: word,
			words: words.slice(places.length).join(" "),
			takes: places.map((name) => `that of -${name}`).join(", ") || "none",
		});
	const named = words.map((text, at) => {
		const name = places[at] ?? "";
		if (isEmpty(text))
			throw errors.emptyValue({
				what: `word ${at + 1} behind "${word}" (that of -${name})`,
			});
		const other = givenBy(name, flags);
		if (other !== "" && other !== text)
			throw errors.givenTwice({ word: text, flag: `-${name}`, other });
		return [name, text] as const;
	});
	return {
		...flags.values,
		...Object.fromEntries(named),
		...(isExplained ? { "dry-run": true } : {}),
	};
};

const PLACE_WORDS: Readonly<Record<string, string>> = {
	alias: "CLUSTER",
	i: "INSTANCE",
	d: "DESTINATION",
};

/** How the command is typed: `baton relocate INSTANCE DESTINATION [-no-wait]`. */
export const plainUsage = (program: string, command: Command): string => {
	const places = placesOf(command);
	const words = places.map((name) => {
		const text = PLACE_WORDS[name] ?? name.toUpperCase();
		const isNeeded = command.flags.some(
			({ flag, isRequired }) => flag === `-${name}` && isRequired,
		);
		return isNeeded ? text : `[${text}]`;
	});
	const others = command.flags
		.map(({ flag }) => flag)
		.filter((flag) => !places.includes(flag.slice(1)))
		.map((flag) => `[${flag}]`);
	return [`${program} ${command.name}`, ...words, ...others].join(" ");
};
