import type { Coordinates } from "../../topology/instance.ts";
import {
	compareNames,
	type InstanceName,
	splitName,
} from "../../topology/instance-name.ts";

/** orchestrator's `Key`. */
export const keyJson = (host: string, port: number) => ({
	Hostname: host,
	Port: port,
});

const EMPTY_KEY = keyJson("", 0);

/** The key of a name; the empty key for no instance. */
export const nameJson = (name: InstanceName | "") => {
	if (name === "") return EMPTY_KEY;
	const { host, port } = splitName(name);
	return keyJson(host, port);
};

/** A key map: keys sorted by host and port, never null. */
export const keyMap = (names: readonly InstanceName[]) =>
	[...new Set(names)].sort(compareNames).map(nameJson);

export const BINARY_LOG = 0;
export const RELAY_LOG = 1;

export const coordinatesJson = (
	coordinates: Coordinates,
	type: typeof BINARY_LOG | typeof RELAY_LOG = BINARY_LOG,
) => ({
	LogFile: coordinates.file,
	LogPos: coordinates.position,
	Type: type,
});

export const nullableInteger = (value: number | null) => ({
	Int64: value ?? 0,
	Valid: value !== null,
});

/** `2026-11-22 20:49:18`, in UTC; empty for 0 (never). */
export const timestamp = (atMs: number): string =>
	atMs === 0 ? "" : new Date(atMs).toISOString().slice(0, 19).replace("T", " ");

/** RFC 3339; the zero time for 0 (never). */
export const goTime = (atMs: number): string =>
	atMs === 0 ? "0001-01-01T00:00:00Z" : new Date(atMs).toISOString();

/** Go durations are integer nanoseconds. */
export const nanoseconds = (durationMs: number): number =>
	Math.round(durationMs) * 1_000_000;

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
	"\u0007": "\\a",
	"\b": "\\b",
	"\f": "\\f",
	"\n": "\\n",
	"\r": "\\r",
	"\t": "\\t",
	"\v": "\\v",
	'"': '\\"',
	"\\": "\\\\",
};

const escapeCharacter = (character: string): string => {
	const named = NAMED_ESCAPES[character];
	if (named !== undefined) return named;
	const code = character.codePointAt(0) ?? 0;
	if (code < 0x20 || code === 0x7f)
		return `\\x${code.toString(16).padStart(2, "0")}`;
	return code > 0xffff
		? `\\U${code.toString(16).padStart(8, "0")}`
		: `\\u${code.toString(16).padStart(4, "0")}`;
};

/** As orchestrator keeps it in the store that it shares. */
const QUOTED = /^"(?:[ !#-[\]-~]|\\[ -~])*"$/;

/** A server's error text as orchestrator shows it: in literal double quotes, in ASCII; blank when there is none. */
export const quotedError = (text: string): string =>
	text === "" || QUOTED.test(text)
		? text
		: `"${text.replace(/["\\]|[^ -~]/gu, escapeCharacter)}"`;
