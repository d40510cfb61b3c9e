/**
 * Credentials files: `[client]` with `user` and `password`, in the strict dialect of git-config that
 * orchestrator reads. Anything else in the file is refused, as it would be taken for something it is not.
 */
import { errors } from "../errors.ts";

export interface Credentials {
	/** Empty where the file does not name it: the file replaces both values of the configuration. */
	readonly user: string;
	readonly password: string;
}

/** What is wrong with a line, in words that follow the line's number. Never quotes a value. */
class BadLine extends Error {}

const bad = (text: string): never => {
	throw new BadLine(text);
};

const SECTION = /^\[\s*([A-Za-z][A-Za-z0-9.-]*)\s*\]\s*(?:[#;].*)?$/;
const ASSIGNMENT = /^([A-Za-z][A-Za-z0-9_-]*)\s*=\s*(.*)$/;
const ESCAPES: Readonly<Record<string, string>> = {
	"\\": "\\",
	'"': '"',
	n: "\n",
	t: "\t",
};

/** A value without its quotes, escapes, comment and trailing blanks. */
const unquote = (raw: string): string => {
	let value = "";
	/** Length up to the last character that is no unquoted blank. */
	let end = 0;
	let quoted = false;
	for (let at = 0; at < raw.length; at += 1) {
		const character = raw[at] ?? "";
		if (character === '"') {
			quoted = !quoted;
			end = value.length;
		} else if (character === "\\") {
			if (!quoted) bad("a backslash must stand in double quotes");
			at += 1;
			value += ESCAPES[raw[at] ?? ""] ?? bad("unknown escape");
			end = value.length;
		} else if (!quoted && (character === "#" || character === ";")) {
			break;
		} else {
			value += character;
			if (quoted || !/\s/.test(character)) end = value.length;
		}
	}
	if (quoted) bad("double quotes are not closed");
	return value.slice(0, end);
};

const readSection = (line: string): string => {
	const section = SECTION.exec(line)?.[1]?.toLowerCase();
	if (section === undefined) return bad("not a section header");
	return section === "client"
		? section
		: bad("only the section [client] is allowed");
};

const readAssignment = (line: string): readonly [string, string] => {
	const [, name, raw] = ASSIGNMENT.exec(line) ?? [];
	if (name === undefined || raw === undefined)
		return bad("not a section header, comment or name = value");
	const known = name.toLowerCase();
	return known === "user" || known === "password"
		? [known, unquote(raw)]
		: bad("only user and password are allowed in [client]");
};

const parseLines = (lines: readonly string[]): Credentials => {
	let credentials: Credentials = { user: "", password: "" };
	let section = "";
	for (const [index, raw] of lines.entries()) {
		const line = raw.trim();
		if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
		try {
			if (line.startsWith("[")) {
				section = readSection(line);
				continue;
			}
			if (section === "") bad("stands before the section [client]");
			const [name, value] = readAssignment(line);
			credentials = { ...credentials, [name]: value };
		} catch (error) {
			if (!(error instanceof BadLine)) throw error;
			bad(`line ${index + 1}: ${error.message}`);
		}
	}
	return credentials;
};

/**
 * Reads the text of a credentials file.
 * Throws BatonError BadConfiguration naming the file and the line; neither quotes what the line says.
 */
export const parseCredentials = (file: string, text: string): Credentials => {
	try {
		return parseLines(text.split("\n"));
	} catch (error) {
		if (!(error instanceof BadLine)) throw error;
		throw errors.badCredentials({ file, why: error.message });
	}
};
