import type { Coordinates } from "./instance.ts";

interface BinlogFile {
	readonly basename: string;
	/** −1 when the name has no number. */
	readonly number: number;
}

const splitFile = (file: string): BinlogFile => {
	const match = /^(.*)\.(\d+)$/.exec(file);
	return match
		? { basename: match[1] ?? "", number: Number(match[2]) }
		: { basename: file, number: -1 };
};

/** Whether both name files of one series, `mysql-bin.000009` and `mysql-bin.000010`: only such coordinates tell an order. */
export const sameBinlogBasename = (a: Coordinates, b: Coordinates): boolean =>
	splitFile(a.file).basename === splitFile(b.file).basename;

/**
 * Orders coordinates of one series, file numbers as numbers: `…999999` comes before `…1000000`. Unknown coordinates come
 * first. Those of different series are ordered by basename, which is stable but means nothing.
 */
export const compareCoordinates = (a: Coordinates, b: Coordinates): number => {
	const left = splitFile(a.file);
	const right = splitFile(b.file);
	if (left.basename !== right.basename)
		return left.basename < right.basename ? -1 : 1;
	return left.number - right.number || a.position - b.position;
};

export const equalCoordinates = (a: Coordinates, b: Coordinates): boolean =>
	a.file === b.file && a.position === b.position;

const DETACHED = /^\/\/([^:]+):(\d+)$/;

/** The old way to detach a replica put `//file:position` in place of its source's log file (detection.md §5). */
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
