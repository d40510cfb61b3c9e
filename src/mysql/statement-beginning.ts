// Statements of clients are named to people, and may hold what nobody else shall read: all values go, and comments with them.

/** Characters that are told of a statement. */
const LENGTH = 80;

/** A quote, a comment, a number, a name or anything else. A string that does not end takes all that follows. */
const TOKEN =
	/`(?:[^`]|``)*`|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|--(?:\s[^\n]*|$)|#[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[A-Za-z_$@\u0080-\uffff][\w$@\u0080-\uffff]*|\d[\w.]*|[\s\S]/g;

const isString = (token: string): boolean =>
	token.startsWith("'") || token.startsWith('"');

const isComment = (token: string): boolean => /^(--(\s|$)|#|\/\*)/.test(token);

/** Where the string ends depends on the session's mode, which is not known here: what follows may be a value. */
const isDoubtful = (token: string): boolean =>
	isString(token) && token.includes("\\");

const masked = (token: string): string => {
	if (isComment(token)) return " ";
	return isString(token) || /^\d/.test(token) ? "?" : token;
};

/** How a statement begins, without the values in it: `UPDATE accounts SET balance = ? WHERE id = ?`. Empty where there is none. */
export const statementBeginning = (sql: string): string => {
	const tokens = sql.match(TOKEN) ?? [];
	const doubtful = tokens.findIndex(isDoubtful);
	const text = (doubtful === -1 ? tokens : tokens.slice(0, doubtful + 1))
		.map(masked)
		.join("")
		// biome-ignore lint/suspicious/noControlCharactersInRegex: what a client says goes to terminals.
		.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ")
		.trim();
	const isCut = doubtful !== -1 || text.length > LENGTH;
	return isCut ? `${text.slice(0, LENGTH)}…` : text;
};
