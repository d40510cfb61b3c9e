/** What ends a line, or a field of one. */
const ENDS = /[\t\r\n\v\f\u0085\u2028\u2029]+/g;
/** The other control characters, and marks that turn the direction of what follows. */
const ACTS = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text for a line of a log. What servers, operators and other programs said is part of it: it forges no line of its own, no field, and
 * does nothing to the terminal on which the log is read.
 */
export const oneLine = (text: string): string =>
	text.replace(ENDS, " ").replace(ACTS, "\ufffd");
