import type { StatusWord } from "../topology/status.ts";
import type { Level } from "./log.ts";

const RED = 31;
const GREEN = 32;
const YELLOW = 33;

const LEVELS: Partial<Record<Level, number>> = {
	FATAL: RED,
	CRITICAL: RED,
	ERROR: RED,
	WARNING: YELLOW,
};

const STATES: Record<StatusWord, number> = {
	invalid: RED,
	unchecked: RED,
	nonreplicating: RED,
	lag: YELLOW,
	ok: GREEN,
};

const either = (words: object): string => Object.keys(words).join("|");

/** Behind the time of a line of the log. */
const LEVEL = new RegExp(
	`(?<=^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d )(?:${either(LEVELS)})(?= )`,
	"gm",
);
/** The second word in a server's brackets, behind its lag. */
const STATE = new RegExp(
	`(?<=\\[[^,\\]\\n]*,)(?:${either(STATES)})(?=[,\\]])`,
	"g",
);

const painted = (word: string, colour: number | undefined): string =>
	colour === undefined ? word : `\u001b[${colour}m${word}\u001b[0m`;

/** Text for a terminal, with the words in colour by which a person sees where to look: levels of the log, and states of servers. */
export const inColour = (text: string): string =>
	text
		.replace(LEVEL, (word) => painted(word, LEVELS[word as Level]))
		.replace(STATE, (word) => painted(word, STATES[word as StatusWord]));
