import type { ServerFault } from "./driver-error.ts";

/** Values of a row, as text (dates, 64-bit numbers) or number or null. */
export type Row = Readonly<Record<string, string | number | null>>;
export type Value = string | number | null;

/** What one of several statements came to: its rows, or why there are none. */
export type Answer = readonly Row[] | ServerFault;
