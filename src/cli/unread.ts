/** What stands on the line and is not read: as in the reference it counts for nothing, but it is told. */
import { type BatonError, errors } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Command } from "./command.ts";

/** How many words each of the first ones takes, itself among them. */
const TAKEN: Readonly<Record<string, number>> = {
	http: 1,
	cli: 1,
	help: 2,
};

/** Undefined when all of it is read. */
const unread = (positional: readonly string[]): BatonError | undefined => {
	const [word = "", ...rest] = positional;
	const left = rest.slice((TAKEN[word] ?? 1) - 1);
	return left.length === 0
		? undefined
		: errors.argumentsNotRead({ word, arguments: left.join(" ") });
};

/** Told, where nothing is changed by it. */
export const tellUnread = (log: Log, positional: readonly string[]): void => {
	const error = unread(positional);
	if (error !== undefined) log.error(error.message);
};

/** A command that changes something is not run by less than what was typed. @throws BatonError BadInput */
export const heedUnread = (
	log: Log,
	positional: readonly string[],
	{ access }: Pick<Command, "access">,
): void => {
	const error = unread(positional);
	if (error === undefined) return;
	if (access === "changes") throw error;
	log.error(error.message);
};
