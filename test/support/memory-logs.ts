import { BatonError } from "../../src/errors.ts";
import type { InstanceName } from "../../src/topology/instance-name.ts";
import type {
	EventLog,
	LogEvent,
	ServerLogs,
} from "../../src/topology/pseudo-gtid/event-log.ts";

/** Type and text of an event. */
export type Told = readonly [type: string, info: string];

/** Each event takes so many bytes, the first begins behind the magic number. */
export const EVENT_BYTES = 10;
const FIRST = 4;

export const eventsOf = (file: string, told: readonly Told[]): LogEvent[] =>
	told.map(([type, info], index) => ({
		file,
		position: FIRST + index * EVENT_BYTES,
		nextPosition: FIRST + (index + 1) * EVENT_BYTES,
		type,
		serverId: 1,
		endPosition: FIRST + (index + 1) * EVENT_BYTES,
		info,
	}));

/** Logs that are here already; the last event of a relay log does not tell where it ends. */
export const memoryLog = (
	owner: InstanceName,
	kind: EventLog["kind"],
	files: Readonly<Record<string, readonly Told[]>>,
): EventLog => ({
	kind,
	owner,
	files: async () => Object.keys(files),
	read: async function* (file, from = FIRST) {
		const events = eventsOf(file, files[file] ?? []);
		if (!events.some(({ position }) => position === from))
			throw new BatonError("BadInput", `no event begins at ${file}:${from}`);
		for (const event of events)
			if (event.position >= from)
				yield kind === "relay" && event === events.at(-1)
					? { ...event, nextPosition: undefined }
					: event;
	},
});

export const memoryLogs = (
	owner: InstanceName,
	binary: Readonly<Record<string, readonly Told[]>>,
	relay: Readonly<Record<string, readonly Told[]>> = {},
): ServerLogs => ({
	binary: memoryLog(owner, "binary", binary),
	relay: () => memoryLog(owner, "relay", relay),
});
