/**
 * Reading and writing single column values. Rows may come from another program, so nothing that a cell holds makes a read fail:
 * what cannot be understood is the empty value of its type.
 */

/** What a time column holds for "never" when it cannot be NULL. */
export const NEVER = "1971-01-01 00:00:00";
const NEVER_MS = Date.UTC(1971, 0, 1);
/** Where MySQL's TIMESTAMP ends; later times are this one, in every store. */
const LATEST_MS = (2 ** 31 - 1) * 1000;

export const textCell = (value: unknown): string => {
	if (typeof value === "string") return value;
	if (typeof value === "number" || typeof value === "bigint")
		return String(value);
	return value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : "";
};

export const nullableNumberCell = (value: unknown): number | null => {
	if (value === null || value === undefined || value === "") return null;
	if (typeof value === "object") return null;
	const number = Number(value);
	// Adding 0 makes 0 of -0, which JSON does not know.
	return Number.isFinite(number) ? number + 0 : null;
};

export const numberCell = (value: unknown): number =>
	nullableNumberCell(value) ?? 0;

export const flagCell = (value: unknown): boolean =>
	value === true || numberCell(value) !== 0;

export const flag = (value: boolean): 0 | 1 => (value ? 1 : 0);

/** `YYYY-MM-DD HH:MM:SS`, UTC, whole seconds (rounded down). */
export const timeText = (ms: number): string => {
	if (!(ms > NEVER_MS)) return NEVER;
	return new Date(Math.min(ms, LATEST_MS))
		.toISOString()
		.slice(0, 19)
		.replace("T", " ");
};

const TIME =
	/^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(\.\d{1,9})?(?:Z|[+-]00:?00)?$/;

/** Milliseconds since the epoch; 0 for never and for what is no time. */
export const timeCell = (value: unknown): number => {
	const parts = typeof value === "string" ? TIME.exec(value) : null;
	if (!parts) return 0;
	const [, year, month, day, hour, minute, second, fraction] = parts;
	const ms = Date.UTC(
		Number(year),
		Number(month) - 1,
		Number(day),
		Number(hour),
		Number(minute),
		Number(second),
		fraction ? Math.trunc(Number(fraction) * 1000) : 0,
	);
	return ms > NEVER_MS ? ms : 0;
};

/**
 * A time that is kept twice: to the second in the reference's column, to the millisecond in Baton's. Baton's is believed while both
 * agree; otherwise another program has written the row since.
 */
export const preciseTime = (column: unknown, milliseconds: unknown): number => {
	const precise = numberCell(milliseconds);
	return precise > 0 && timeText(precise) === column
		? precise
		: timeCell(column);
};

/** An object from a JSON cell; empty for anything else. */
export const objectCell = (value: unknown): Record<string, unknown> => {
	if (typeof value !== "string" || !value.startsWith("{")) return {};
	try {
		return JSON.parse(value) as Record<string, unknown>;
	} catch {
		// A cell that is no JSON says nothing: the fields fall back to their empty values.
		return {};
	}
};
