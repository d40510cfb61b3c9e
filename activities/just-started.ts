import { setTimeout as delay } from "node:timers/promises";
import type { Servers } from "../src/mysql/servers.ts";
import type { Step } from "../src/planning/step.ts";
import { channelsOf } from "../src/topology/channels.ts";
import { type Instance, isLastCheckValid } from "../src/topology/instance.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";

/** Between two looks at a receiver that connects. Milliseconds. */
const PAUSE_MS = 50;

const isConnecting = (instance: Instance, started: readonly Step[]): boolean =>
	isLastCheckValid(instance) &&
	channelsOf(instance).some(
		({ channel, receiver, lastReceiverError }) =>
			receiver === 2 &&
			lastReceiverError === "" &&
			started.some(
				(step) =>
					step.on === instance.name &&
					"channel" in step &&
					step.channel === channel,
			),
	);

/**
 * Looks at servers whose receivers were just started until these receive, or tell why they do not: whoever plans before that takes them
 * for servers that do not replicate, and by file and position none of those is moved.
 * @param onSeen each look, as it comes
 * @param signal ends it
 */
export const watchConnecting = async (
	servers: Pick<Servers, "look">,
	{ instances }: Snapshot,
	started: readonly Step[],
	onSeen: (name: InstanceName, seen: Instance) => void,
	signal: AbortSignal,
): Promise<void> => {
	let waiting = instances.filter((each) => isConnecting(each, started));
	while (waiting.length > 0) {
		await delay(PAUSE_MS);
		const seen = await Promise.all(
			waiting.map((each) => servers.look(each.name, each)),
		);
		if (signal.aborted) return;
		for (const each of seen) onSeen(each.name, each);
		waiting = seen.filter((each) => isConnecting(each, started));
	}
};
