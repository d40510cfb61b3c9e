/** Log lines of the command line: `YYYY-MM-DD hh:mm:ss LEVEL text` on stderr, in the zone of the process. */
import { localTimeText } from "../compat/text/local-time.ts";
import type { Log } from "../log.ts";
import { oneLine } from "../one-line.ts";

const LEVELS = [
	"FATAL",
	"CRITICAL",
	"ERROR",
	"WARNING",
	"NOTICE",
	"INFO",
	"DEBUG",
] as const;

export type Level = (typeof LEVELS)[number];

/** The threshold that the flags ask for; `-quiet` overrides the others, and `Debug` of the configuration raises it. */
export const levelOf = (flags: {
	readonly quiet: boolean;
	readonly verbose: boolean;
	readonly debug: boolean;
}): Level => {
	if (flags.quiet) return "ERROR";
	if (flags.debug) return "DEBUG";
	return flags.verbose ? "INFO" : "ERROR";
};

/** Lines above the threshold are dropped. Text from outside is put on one line. */
export const createLog = (
	threshold: Level,
	write: (text: string) => void,
	nowMs: () => number,
	/** Nothing but errors is said, not even what a person who waits should know. */
	isQuiet = false,
): Log => {
	const line = (level: Level, text: string) =>
		write(`${localTimeText(nowMs())} ${level} ${oneLine(text)}\n`);
	const at = (level: Level) => (text: string) => {
		if (LEVELS.indexOf(level) <= LEVELS.indexOf(threshold)) line(level, text);
	};
	return {
		// Said whatever the threshold: the reference's default says errors alone, and whoever waits would wait in silence.
		notice: (text) => {
			if (!isQuiet) line("NOTICE", text);
		},
		fatal: at("FATAL"),
		error: at("ERROR"),
		warning: at("WARNING"),
		info: at("INFO"),
		debug: at("DEBUG"),
	};
};
