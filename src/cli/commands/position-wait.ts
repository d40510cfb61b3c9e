/** Waits until a replica has applied up to a place in its source's binary log. */
import { setTimeout as delay } from "node:timers/promises";
import { nameJson } from "../../compat/json/values.ts";
import { errors } from "../../errors.ts";
import { optional, required } from "../../surface/flag-use.ts";
import { channelsOf, channelsText } from "../../topology/channels.ts";
import {
	compareCoordinates,
	parseCoordinates,
	sameBinlogBasename,
} from "../../topology/coordinates.ts";
import type { Coordinates, Instance } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import { textOfCoordinates } from "../../topology/pseudo-gtid/event-log.ts";
import type { Command, CommandContext } from "../command.ts";
import { told } from "../told.ts";

/** The server is looked at so often. Milliseconds. */
const PAUSE_MS = 200;

/**
 * Whether the server has applied all before that place.
 * @throws BatonError Refused when it would be waited for in vain
 */
const hasReached = (instance: Instance, goal: Coordinates): boolean => {
	const { name: server } = instance;
	const [channel, ...others] = channelsOf(instance);
	if (channel === undefined) throw errors.noReplica({ server });
	if (others.length > 0)
		throw errors.severalChannels({ server, channels: channelsText(instance) });
	const { execCoordinates: at, applier, lastApplierError } = channel;
	const where = textOfCoordinates(at);
	if (at.file !== "" && !sameBinlogBasename(at, goal))
		throw errors.otherLogs({ server, where, text: textOfCoordinates(goal) });
	if (compareCoordinates(at, goal) >= 0) return true;
	if (applier === 0)
		throw errors.applierStopped({
			server,
			where,
			why: lastApplierError || "it was stopped",
		});
	return false;
};

const waitForPosition = async (
	context: CommandContext,
): Promise<InstanceName> => {
	let seen = await context.lookAt(await context.instance());
	const goal = parseCoordinates(context.flags.binlog);
	while (!hasReached(seen, goal)) {
		await delay(PAUSE_MS);
		seen = await context.lookAt(seen.name);
	}
	return seen.name;
};

export const POSITION_WAIT_COMMANDS: readonly Command[] = [
	{
		name: "master-pos-wait",
		category: "Replication, general",
		flags: [optional("-i"), required("-binlog")],
		access: "reads",
		summary: "Wait until a replica has applied up to a position",
		help: "Waits until the instance in -i has applied all before the place in its source's binary log that -binlog names as file:position, and prints its name. Fails when its applier stops on the way; waits as long as it takes otherwise.",
		...told(waitForPosition, { lines: (name) => [name], json: nameJson }),
	},
];
