/** Line feeds and tabs are meant; the rest of the control characters, and marks that turn the direction of what follows, act on a terminal. */
const ACTING = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text that is written to a terminal. What servers, operators and other programs said is part of it, and could otherwise clear the
 * screen, retitle the window or overwrite the line above.
 */
export const forATerminal = (text: string): string =>
	text.replace(ACTING, "\ufffd");
