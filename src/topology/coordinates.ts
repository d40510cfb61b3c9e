import { errors } from "../errors.ts";
import type { Coordinates } from "./instance.ts";

interface BinlogFile {
	readonly basename: string;
	/** As written, with its leading zeros; empty when the name has none. */
	readonly digits: string;
	/** −1 when the name has no number. */
	readonly number: number;
}

/** Servers count to 2^31−1. More digits than a number holds exactly are no file number. */
const NUMBERED = /^(.*)\.(\d{1,15})$/;
/** Servers write numbers below a million with six digits. */
const USUAL_DIGITS = 6;

const splitFile = (file: string): BinlogFile => {
	const [, basename, digits] = NUMBERED.exec(file) ?? [];
	return basename === undefined || digits === undefined
		? { basename: file, digits: "", number: -1 }
		: { basename, digits, number: Number(digits) };
};

const COORDINATES = /^(.+):(\d{1,16})$/;

/**
 * Reads `file:position`, as commands take it; the detached form of a file is a file here.
 * @throws BatonError BadInput naming the text.
 */
export const parseCoordinates = (text: string): Coordinates => {
	const [, file = "", digits = ""] = COORDINATES.exec(text.trim()) ?? [];
	const position = Number(digits);
	if (file.trim() === "" || !Number.isSafeInteger(position))
		throw errors.noCoordinates({ text: text.slice(0, 60) });
	return { file: file.trim(), position };
};

/** Whether both name files of one series, `mysql-bin.000009` and `mysql-bin.000010`: only such coordinates tell an order. */
export const sameBinlogBasename = (a: Coordinates, b: Coordinates): boolean =>
	splitFile(a.file).basename === splitFile(b.file).basename;

const compareText = (a: string, b: string): number =>
	a === b ? 0 : a < b ? -1 : 1;

/**
 * Orders coordinates of one series, file numbers as numbers: `…999999` comes before `…1000000`. Unknown coordinates come
 * first. Those of different series are ordered by basename, which is stable but means nothing. 0 only for equal ones.
 */
export const compareCoordinates = (a: Coordinates, b: Coordinates): number => {
	const left = splitFile(a.file);
	const right = splitFile(b.file);
	return (
		compareText(left.basename, right.basename) ||
		left.number - right.number ||
		a.position - b.position ||
		compareText(a.file, b.file)
	);
};

/** Whether `a` is an earlier place of the same series than `b`; false when the two tell no order. */
export const isBefore = (a: Coordinates, b: Coordinates): boolean =>
	sameBinlogBasename(a, b) && compareCoordinates(a, b) < 0;

const numberedFile = (
	{ basename, digits }: BinlogFile,
	number: number,
): string => {
	// What has grown past its usual width got no zeros on the way: 999999 is before 1000000.
	const width = digits.startsWith("0")
		? digits.length
		: Math.min(digits.length, USUAL_DIGITS);
	return `${basename}.${String(number).padStart(width, "0")}`;
};

/** The file that the server opens after this one; undefined when the name has no number. */
export const nextBinlogFile = (file: string): string | undefined => {
	const split = splitFile(file);
	return split.number < 0 ? undefined : numberedFile(split, split.number + 1);
};

const DETACHED = /^\/\/([^:]+):(\d{1,16})$/;

/** The old way to detach a replica put `//file:position` in place of its source's log file. */
export const isDetachedCoordinates = ({ file }: Coordinates): boolean =>
	DETACHED.test(file);

/** What the detached form hides; other coordinates as they are. */
export const reattachedCoordinates = (
	coordinates: Coordinates,
): Coordinates => {
	const match = DETACHED.exec(coordinates.file);
	return match
		? { file: match[1] ?? "", position: Number(match[2]) }
		: coordinates;
};
