import { type BatonError, errors } from "../../errors.ts";
import type { Coordinates } from "../instance.ts";
import type { InstanceName } from "../instance-name.ts";

/** One event of a binary or relay log, as SHOW BINLOG EVENTS tells it. What a compressed transaction holds stands at the place of the whole. */
export interface LogEvent {
	readonly file: string;
	/** Where it begins, bytes from the start of the file. */
	readonly position: number;
	/** Where the next one begins, or would; undefined for the last of a relay log, where the server does not say it. */
	readonly nextPosition: number | undefined;
	readonly type: string;
	/** The server that wrote it first. */
	readonly serverId: number;
	/** Its end in the log that it was first read from: in a relay log, that of the source. */
	readonly endPosition: number;
	readonly info: string;
}

/** The binary logs of a server, or the relay logs of one of its channels. Each reading may ask the server. */
export interface EventLog {
	readonly kind: "binary" | "relay";
	readonly owner: InstanceName;
	/** Every file that there is, oldest first. */
	files(): Promise<readonly string[]>;
	/**
	 * The events of one file in order, from the one that begins at `from` on; as many are fetched as are taken.
	 * @throws BatonError BadInput when no event begins at `from`
	 */
	read(file: string, from?: number): AsyncIterable<LogEvent>;
}

/** What can be read of one server. */
export interface ServerLogs {
	readonly binary: EventLog;
	/** @param channel empty for the default one */
	relay(channel: string): EventLog;
}

export const textOfCoordinates = ({ file, position }: Coordinates): string =>
	`${file}:${position}`;

/** `binary log bin.000003`, `relay log relay.000003`, and whose. */
export const nameOfLog = (log: EventLog, file: string): string =>
	`${log.kind} log ${file} of ${log.owner}`;

/** Every event starts behind a file's magic number, of four bytes. */
const FIRST_POSITION = 4;

/**
 * The files up to the one that holds the coordinates.
 * @throws BatonError BadInput when there is no such file, or no place before its first event
 */
export const filesUpTo = async (
	log: EventLog,
	{ file, position }: Coordinates,
): Promise<readonly string[]> => {
	const files = await log.files();
	const last = files.indexOf(file);
	if (last < 0)
		throw files.length === 0
			? errors.noLog({ server: log.owner, kind: log.kind })
			: errors.unknownLog({
					server: log.owner,
					kind: log.kind,
					file,
					first: files[0] ?? "",
					last: files.at(-1) ?? "",
				});
	if (position < FIRST_POSITION)
		throw errors.noEventAtAll({
			place: textOfCoordinates({ file, position }),
			first: FIRST_POSITION,
		});
	return files.slice(0, last + 1);
};

const noPlace = (log: EventLog, end: Coordinates, why: string): BatonError =>
	errors.noPlace({
		place: textOfCoordinates(end),
		log: nameOfLog(log, end.file),
		why,
	});

/**
 * The events of a file that end before the coordinates, where these are in it.
 * @throws BatonError BadInput when they are within an event, or behind the last one
 */
export async function* eventsBefore(
	log: EventLog,
	file: string,
	end: Coordinates | undefined,
	from?: number,
): AsyncGenerator<LogEvent, void, undefined> {
	if (end?.file !== file) return yield* log.read(file, from);
	let next: number | undefined = FIRST_POSITION;
	for await (const event of log.read(file, from)) {
		if (event.position >= end.position) return;
		next = event.nextPosition;
		if (next !== undefined && next > end.position)
			throw noPlace(log, end, `one begins at ${event.position}, before it`);
		yield event;
	}
	if (next !== undefined && next < end.position)
		throw noPlace(log, end, `the log ends at ${next}`);
}

/** Every event from one place to another, file after file; without an end to the last that there is. @throws BatonError BadInput */
export async function* eventsBetween(
	log: EventLog,
	start: Coordinates,
	end?: Coordinates,
): AsyncGenerator<LogEvent, void, undefined> {
	const files =
		end === undefined ? await log.files() : await filesUpTo(log, end);
	const first = files.indexOf(start.file);
	if (first < 0)
		throw errors.logRemoved({
			server: log.owner,
			kind: log.kind,
			file: start.file,
		});
	for (const file of files.slice(first))
		yield* eventsBefore(
			log,
			file,
			end,
			file === start.file ? start.position : undefined,
		);
}
