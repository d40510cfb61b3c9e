/** Commands that search binary and relay logs. */
import { okJson } from "../../compat/json/envelope.ts";
import { coordinatesJson } from "../../compat/json/values.ts";
import { markerRules } from "../../config/pseudo-gtid-rules.ts";
import { errors } from "../../errors.ts";
import { optional, required } from "../../surface/flag-use.ts";
import { parseCoordinates } from "../../topology/coordinates.ts";
import {
	type Coordinates,
	type Instance,
	isReplica,
} from "../../topology/instance.ts";
import { correlate } from "../../topology/pseudo-gtid/correlate.ts";
import { textOfCoordinates } from "../../topology/pseudo-gtid/event-log.ts";
import { lastEntry } from "../../topology/pseudo-gtid/markers.ts";
import {
	lastPseudoGtid,
	ownMarker,
} from "../../topology/pseudo-gtid/own-marker.ts";
import type { Command, CommandContext } from "../command.ts";
import { told } from "../told.ts";
import { RELAY_LOG_COMMANDS } from "./pseudo-gtid-relay.ts";

/** @throws BatonError Refused when the server writes no binary log */
const withBinaryLogs = (instance: Instance): Instance => {
	if (instance.logBin) return instance;
	throw errors.noBinaryLogs({ server: instance.name });
};

const lastMarker = async (context: CommandContext) => {
	const rules = markerRules(context.configuration);
	const instance = await context.lookAt(await context.instance());
	return context.withLogs(instance.name, (logs) =>
		lastPseudoGtid(instance, logs, rules, {
			strict: context.flags.strict,
			relayOnly: context.flags.skipBinlogSearch,
		}),
	);
};

const entryOf = async (context: CommandContext): Promise<Coordinates> => {
	const text = context.flags.pattern;
	if (text === "") throw errors.entryTextNotGiven();
	const { name } = withBinaryLogs(
		await context.lookAt(await context.instance()),
	);
	const found = await context.withLogs(name, (logs) =>
		lastEntry(logs.binary, text),
	);
	if (found === undefined) throw errors.noSuchEntry({ server: name, text });
	return found.coordinates;
};

/** `-binlog` as coordinates; undefined when it was not given. @throws BatonError BadInput */
const givenCoordinates = ({
	flags,
}: CommandContext): Coordinates | undefined =>
	flags.binlog === "" ? undefined : parseCoordinates(flags.binlog);

/** A server whose binary log does not hold what it applies cannot be replicated from in place of another. */
const asTarget = (instance: Instance): Instance => {
	const { name, logReplicaUpdates } = withBinaryLogs(instance);
	if (logReplicaUpdates || !isReplica(instance)) return instance;
	throw errors.logsNoUpdates({ server: name });
};

const correlated = async (context: CommandContext): Promise<Coordinates> => {
	const destination = await context.destination();
	const rules = markerRules(context.configuration);
	const given = givenCoordinates(context);
	const relayOnly = context.flags.skipBinlogSearch;
	if (given !== undefined && relayOnly) throw errors.binlogNotSearched();
	const instance = withBinaryLogs(
		await context.lookAt(await context.instance()),
	);
	const target = asTarget(await context.lookAt(destination));
	return context.withLogs(instance.name, async (ownLogs) => {
		const own = await ownMarker(instance, ownLogs, rules, {
			binary: !relayOnly,
			relay: given === undefined,
			format: given === undefined ? target.binlogFormat : "",
			end: given ?? instance.selfCoordinates,
		});
		if (own === undefined)
			throw errors.noMarker({
				server: instance.name,
				where:
					given === undefined
						? "in its logs"
						: `before ${textOfCoordinates(given)}`,
			});
		return context.withLogs(target.name, (logs) =>
			correlate(own, logs.binary, rules),
		);
	});
};

const TOLD = {
	lines: (at: Coordinates) => [textOfCoordinates(at)],
	json: (at: Coordinates) => coordinatesJson(at),
};

export const PSEUDO_GTID_COMMANDS: readonly Command[] = [
	{
		name: "last-pseudo-gtid",
		category: "Binary logs",
		flags: [
			optional("-i"),
			optional("-strict"),
			optional("-skip-binlog-search"),
		],
		access: "reads",
		summary: "Print the last Pseudo-GTID entry of an instance",
		help: "Searches the binary logs of the instance in -i, then its relay logs as far as they are applied, for the last entry that PseudoGTIDPattern matches, and prints its coordinates and text as `file:position:text`. Searches the two newest files of each, with -strict all.",
		...told(lastMarker, {
			lines: ({ coordinates, text }) => [
				`${textOfCoordinates(coordinates)}:${text}`,
			],
			json: ({ coordinates, text }) =>
				okJson(textOfCoordinates(coordinates), text),
		}),
	},
	{
		name: "find-binlog-entry",
		category: "Binary logs",
		flags: [optional("-i"), required("-pattern")],
		access: "reads",
		summary: "Print the binary log coordinates of an entry with a given text",
		help: "Searches the binary logs of the instance in -i, newest first, for an entry whose text is exactly the one in -pattern, and prints its coordinates. The comment with which MySQL ends a statement, such as `/* xid=12 */`, may be left out.",
		...told(entryOf, TOLD),
	},
	{
		name: "correlate-binlog-pos",
		category: "Binary logs",
		flags: [
			optional("-i"),
			required("-d"),
			optional("-binlog"),
			optional("-skip-binlog-search"),
		],
		access: "reads",
		summary:
			"Find the place in another instance's binary log that a position equals",
		help: "Finds the last Pseudo-GTID entry of the instance in -i before the binary log coordinates in -binlog, without them before its present position, and the same entry in the binary logs of the instance in -d. Compares what follows in both, entry by entry, and prints the coordinates in -d behind the last one. Fails when the logs differ.",
		...told(correlated, TOLD),
	},
	...RELAY_LOG_COMMANDS,
];
