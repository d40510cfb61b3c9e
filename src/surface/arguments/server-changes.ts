import {
	maxLength,
	optional as maybe,
	pipe,
	regex,
	string,
	transform,
	trim,
} from "zod/mini";
import { errors } from "../../errors.ts";
import { givenDurationMs, parseDurationMs } from "../../naming/duration.ts";
import { LONGEST_DELAY } from "../../operations/kinds/server-changes.ts";
import { argument } from "../argument.ts";
import { optional, required } from "../flag-use.ts";
import { word } from "./field.ts";

// What the commands take that change one server.

/** The binary log up to which logs are flushed, which the reference's route leaves out: here it may be in the query. */
export const FLUSHED_LOG = argument({
	cli: {
		flags: [optional("-binlog")],
		read: ({ flags: { binlog } }) => (binlog === "" ? undefined : binlog),
	},
	api: {
		fields: { logFile: maybe(word) },
		query: ["logFile"],
		read: ({ logFile }) => logFile,
	},
});

/** The first binary log that stays; `latest` for the one that is written. */
export const KEPT_LOG = argument({
	cli: {
		flags: [required("-binlog")],
		read: ({ flags: { binlog } }) => {
			if (binlog !== "") return binlog;
			throw errors.binlogNotGiven();
		},
	},
	api: { fields: { logFile: word }, read: ({ logFile }) => logFile },
});

/** Whatever replicas still need: never by the command line, as in the reference. */
export const FORCE = argument({
	cli: { flags: [], read: () => false },
	api: {
		fields: { force: maybe(string().check(maxLength(16))) },
		query: ["force"],
		read: ({ force }) => force === "true",
	},
});

const whole = (message: string) =>
	pipe(string().check(trim(), regex(/^\d{1,15}$/, message)), transform(Number));

const asDelay = (seconds: number, text: string): number => {
	if (seconds <= LONGEST_DELAY) return seconds;
	throw errors.delayTooLong({ text, most: LONGEST_DELAY });
};

/** How far an applier stays behind, seconds. */
export const DELAY = argument({
	cli: {
		flags: [required("-duration")],
		read: ({ flags: { duration } }) => {
			if (duration === "") throw errors.delayNotGiven();
			// No delay is a delay, too.
			const isNone = parseDurationMs(duration) === 0;
			const delayMs = isNone ? 0 : givenDurationMs("-duration", duration);
			return asDelay(delayMs / 1_000, duration);
		},
	},
	api: {
		fields: { seconds: whole("invalid seconds: give a whole number") },
		read: ({ seconds }) => asDelay(seconds, `${seconds}`),
	},
});

/** A connection by its number in the process list. */
export const PROCESS = argument({
	api: {
		fields: { process: whole("invalid process: give a whole number") },
		read: ({ process }) => process,
	},
});
