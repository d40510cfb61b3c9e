import type { Row } from "./answer.ts";
import { ServerFault } from "./driver-error.ts";

/** Longer texts of a server are cut: no name, message or setting needs more. Characters. */
const TEXT_LIMIT = 4_096;

/** A GTID set is useless when cut. 10,000 intervals take some 150 kB. Characters. */
const GTID_LIMIT = 16 * 1024 * 1024;

const said = (row: Row, column: string): string => {
	const value: unknown = row[column];
	switch (typeof value) {
		case "string":
			return value;
		case "number":
		case "bigint":
		case "boolean":
			return String(value);
		default:
			return value instanceof Uint8Array
				? Buffer.from(value).toString("utf8")
				: "";
	}
};

/** A column as text, cut to a length that no honest server needs; empty for NULL and for a column that there is not. */
export const textOf = (row: Row, column: string): string =>
	said(row, column).slice(0, TEXT_LIMIT);

/** A GTID set or position without its white space. @throws ServerFault when it is too long to be one */
export const gtidOf = (row: Row, column: string): string => {
	const text = said(row, column);
	if (text.length > GTID_LIMIT)
		throw new ServerFault(
			"refused-by-server",
			`the server tells a ${column} of ${text.length} characters; Baton reads up to ${GTID_LIMIT}`,
		);
	return text.replace(/\s/g, "");
};

/** A column as a number that JSON can hold; 0 for what is none. */
export const numberOf = (row: Row, column: string): number => {
	const number = Number(said(row, column));
	// Adding 0 makes 0 of -0.
	return Number.isFinite(number) ? number + 0 : 0;
};

/** Nothing below 0, and nothing that a client could not read as a whole number. */
export const counted = (number: number): number =>
	Math.min(Math.max(0, number), Number.MAX_SAFE_INTEGER);

/** A count, position or id. */
export const countOf = (row: Row, column: string): number =>
	counted(numberOf(row, column));

/** Nobody has replicated for so long: whoever says so has subtracted below 0, or has no time to subtract. A hundred years. */
const LAG_LIMIT_SECONDS = 3_155_760_000;

export const isLag = (seconds: number): boolean => seconds <= LAG_LIMIT_SECONDS;

/** A port, 0 for what is none. */
export const portOf = (row: Row, column: string): number => {
	const port = numberOf(row, column);
	return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : 0;
};

/** Rows of (name, value) as a map, names in lower case. */
export const namedValues = (rows: readonly Row[]): Map<string, string> =>
	new Map(
		rows.map((row) => [
			textOf(row, "name").toLowerCase(),
			textOf(row, "value"),
		]),
	);
