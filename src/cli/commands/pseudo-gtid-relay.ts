/** Commands that read relay logs. */
import { coordinatesJson, RELAY_LOG } from "../../compat/json/values.ts";
import { errors } from "../../errors.ts";
import { optional, required } from "../../surface/flag-use.ts";
import { parseCoordinates } from "../../topology/coordinates.ts";
import type {
	Coordinates,
	Instance,
	Replication,
} from "../../topology/instance.ts";
import { isReplica } from "../../topology/instance.ts";
import {
	type EventLog,
	type LogEvent,
	textOfCoordinates,
} from "../../topology/pseudo-gtid/event-log.ts";
import {
	entryAt,
	findReceived,
	lastExecutedEntry,
	placeAfterReceived,
} from "../../topology/pseudo-gtid/relay-entries.ts";
import type { Command, CommandContext } from "../command.ts";
import { told } from "../told.ts";

const channelsOf = (instance: Instance): readonly Replication[] => {
	if (!isReplica(instance)) throw errors.noRelayLogs({ server: instance.name });
	return [instance.replication, ...instance.otherChannels];
};

/** @throws BatonError Refused when nothing was applied that is still there */
const lastExecuted = async (
	log: EventLog,
	executed: Coordinates,
): Promise<LogEvent> => {
	const event = await lastExecutedEntry(log, executed);
	if (event !== undefined) return event;
	throw errors.nothingApplied({
		server: log.owner,
		place: textOfCoordinates(executed),
	});
};

const lastExecutedHere = async (context: CommandContext): Promise<LogEvent> => {
	const instance = await context.lookAt(await context.instance());
	const [first] = channelsOf(instance);
	return context.withLogs(instance.name, (logs) =>
		lastExecuted(
			logs.relay(first?.channel ?? ""),
			instance.replication.relayCoordinates,
		),
	);
};

const sourceText = ({ sourceHost, sourcePort }: Replication): string =>
	`${sourceHost}:${sourcePort}`;

/** The channels by which both replicate from the same source. @throws BatonError Refused */
const commonChannels = (
	instance: Instance,
	other: Instance,
): readonly [Replication, Replication] => {
	const others = channelsOf(other);
	for (const own of channelsOf(instance)) {
		const same = others.find((each) => sourceText(each) === sourceText(own));
		if (same !== undefined) return [own, same];
	}
	throw errors.notSiblings({
		server: instance.name,
		source: sourceText(instance.replication),
		other: other.name,
		otherSource: sourceText(other.replication),
	});
};

const correlated = async (
	context: CommandContext,
): Promise<readonly Coordinates[]> => {
	const destination = await context.destination();
	const { binlog } = context.flags;
	const given = binlog === "" ? undefined : parseCoordinates(binlog);
	const instance = await context.lookAt(await context.instance());
	const other = await context.lookAt(destination);
	const [own, others] = commonChannels(instance, other);
	const event = await context.withLogs(instance.name, (logs) =>
		given === undefined
			? lastExecuted(logs.relay(own.channel), own.relayCoordinates)
			: entryAt(logs.relay(own.channel), given),
	);
	const found = await context.withLogs(other.name, async (logs) => {
		const same = await findReceived(logs.relay(others.channel), event);
		if (same === undefined)
			throw errors.notReceived({
				place: textOfCoordinates(event),
				server: instance.name,
				other: other.name,
			});
		return same;
	});
	const next = placeAfterReceived(
		{ entry: found, executed: others.relayCoordinates },
		{ entry: event, executed: own.relayCoordinates },
	);
	return [event, found, next];
};

export const RELAY_LOG_COMMANDS: readonly Command[] = [
	{
		name: "last-executed-relay-entry",
		category: "Binary logs",
		flags: [optional("-i")],
		access: "reads",
		summary: "Print the last entry of the relay logs that was applied",
		help: "Prints the last entry of the relay logs of the instance in -i that lies before where its applier says it stands, with its coordinates and its end in the log of the source. An applier with several workers says so now and then only.",
		...told(lastExecutedHere, {
			// The text of the reference; NextEventPos is the end in the source's log, as SHOW RELAYLOG EVENTS tells it.
			lines: ({ file, position, endPosition, type, info }) => [
				`{Coordinates:${file}:${position} NextEventPos:${endPosition} EventType:${type} Info:${info}}:${endPosition}`,
			],
			json: (event) => ({
				Coordinates: coordinatesJson(event, RELAY_LOG),
				NextEventPos: event.endPosition,
				EventType: event.type,
				Info: event.info,
			}),
		}),
	},
	{
		name: "correlate-relaylog-pos",
		category: "Binary logs",
		flags: [optional("-i"), required("-d"), optional("-binlog")],
		access: "reads",
		summary: "Find the place in a sibling's relay log that a position equals",
		help: "Takes the entry at the relay log coordinates in -binlog of the instance in -i, without them the last one that was applied, finds it in the relay logs of its sibling in -d, and prints three coordinates with semicolons between them: of the entry in -i, of the entry in -d, and behind it in -d.",
		...told(correlated, {
			lines: (places) => [places.map(textOfCoordinates).join(";")],
			json: (places) => places.map((each) => coordinatesJson(each, RELAY_LOG)),
		}),
	},
];
