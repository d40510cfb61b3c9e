/** How `why` is laid out: lines that a terminal of 100 columns shows whole, no colours, times in UTC. */

const WIDTH = 100;
const LABEL_COLUMNS = 14;

/**
 * The words in lines of at most {@link WIDTH} columns; a word is never broken. What servers said may hold control characters,
 * which would act on the terminal: they are left out.
 */
export const wrapped = (
	text: string,
	first: string,
	further: string,
): string[] => {
	const lines: string[] = [];
	let line = first;
	let isEmpty = true;
	for (const word of text.split(/[\s\p{Cc}]+/u).filter((each) => each !== "")) {
		if (!isEmpty && line.length + 1 + word.length > WIDTH) {
			lines.push(line);
			line = further + word;
			continue;
		}
		line += isEmpty ? word : ` ${word}`;
		isEmpty = false;
	}
	return isEmpty ? [] : [...lines, line];
};

/** A label and what is to say about it; nothing where there is nothing to say. */
export const field = (label: string, text: string): string[] =>
	wrapped(text, `  ${label}`.padEnd(LABEL_COLUMNS), " ".repeat(LABEL_COLUMNS));

/** Several under one label, but for those that say nothing. */
export const fields = (label: string, texts: readonly string[]): string[] =>
	texts
		.filter((text) => text.trim() !== "")
		.flatMap((text, index) => field(index === 0 ? label : "", text));

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const twoUnits = (
	ms: number,
	[large, largeMs]: readonly [string, number],
	[small, smallMs]: readonly [string, number],
): string => {
	const rest = Math.floor((ms % largeMs) / smallMs);
	const head = `${Math.floor(ms / largeMs)} ${large}`;
	return rest === 0 ? head : `${head} ${rest} ${small}`;
};

/** `400 ms`, `12 s`, `3 min 5 s`, `2 h`, `5 d 1 h` */
export const duration = (milliseconds: number): string => {
	const ms = Math.max(0, Math.round(milliseconds));
	if (ms < SECOND_MS) return `${ms} ms`;
	if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
	if (ms < HOUR_MS) return twoUnits(ms, ["min", MINUTE_MS], ["s", SECOND_MS]);
	if (ms < DAY_MS) return twoUnits(ms, ["h", HOUR_MS], ["min", MINUTE_MS]);
	return twoUnits(ms, ["d", DAY_MS], ["h", HOUR_MS]);
};

/** `2023-11-14 22:13:20 UTC` */
export const utc = (ms: number): string =>
	`${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** `1 instance`, `3 instances` */
export const counted = (count: number, one: string): string =>
	`${count} ${one}${count === 1 ? "" : "s"}`;

const MAX_TEXT = 160;

/** GTID sets and messages of servers may be of any length. */
export const shortened = (text: string): string =>
	text.length <= MAX_TEXT
		? text
		: `${text.slice(0, MAX_TEXT)}… (${text.length} characters)`;

/** What there is of it, parted by commas. */
export const listOf = (parts: readonly (string | false)[]): string =>
	parts.filter((each) => each !== false && each !== "").join(", ");
