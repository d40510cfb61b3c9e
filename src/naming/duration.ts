import { errors } from "../errors.ts";

const SECONDS: Readonly<Record<string, number>> = {
	s: 1,
	m: 60,
	h: 3600,
	d: 86_400,
	w: 604_800,
};

const WHOLE = /^(\d+)([smhdw])$/;
/** The longest that {@link parseDurationMs} reads, in its own words. */
const LONGEST = `${Math.floor(Number.MAX_SAFE_INTEGER / 86_400_000)}d`;

/**
 * Reads `Ns`, `Nm`, `Nh`, `Nd`, `Nw`: digits and one unit, nothing else.
 * @returns milliseconds, or undefined for any other text and for a length that no clock can hold.
 */
export const parseDurationMs = (text: string): number | undefined => {
	const match = WHOLE.exec(text);
	if (match === null) return undefined;
	const milliseconds = Number(match[1]) * (SECONDS[match[2] ?? ""] ?? 0) * 1000;
	return Number.isSafeInteger(milliseconds) ? milliseconds : undefined;
};

/** The same of what a person gave under a name, such as `-duration`. @throws BatonError BadInput for none, and for no time at all */
export const givenDurationMs = (label: string, text: string): number => {
	const durationMs = parseDurationMs(text);
	if (durationMs !== undefined && durationMs > 0) return durationMs;
	if (WHOLE.test(text))
		throw errors.durationOutOfRange({
			flag: label,
			text,
			why: durationMs === 0 ? "none" : "too long",
			most: LONGEST,
		});
	throw errors.noDuration({ flag: label, text });
};
