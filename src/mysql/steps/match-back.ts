import { isGood } from "../../planning/step.ts";
import { compareCoordinates } from "../../topology/coordinates.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import { channelOf, channelSource, channelsIn } from "./channel.ts";
import { awaitPosition } from "./drain-received.ts";
import type { Match, PlaceFinder } from "./match-at-rest.ts";

/** The channel by which the new source gets what the server writes. */
const channelFrom = (
	{ step }: Match,
	source: Instance,
): Replication | undefined =>
	channelsIn(source).find((each) => channelSource(each) === step.on);

/** Why not all that the new source logs from here on comes from the server, or not at all; empty when it does. */
const whyNotOurs = (current: Match, source: Instance): string => {
	const { on, source: name } = current.step;
	const channel = channelFrom(current, source);
	if (channel === undefined) return `${name} does not replicate from ${on}`;
	if (channel.receiver !== 1 || channel.applier !== 1)
		return `${name} does not replicate: start its replication first`;
	return source.readOnly
		? ""
		: `${name} is not read-only: two servers would take writes`;
};

/**
 * Back from its own replica: from where the log of that ends when it has applied all that the server had. What is before came from the
 * server, and of what comes behind it passes over what bears its own server id.
 */
export const byBack: PlaceFinder = async (current, _was, seen) => {
	const { run, step, session, source } = current;
	const why = whyNotOurs(current, seen);
	if (why !== "") return { why };
	const { channel = "" } = channelFrom(current, seen) ?? {};
	const { selfCoordinates } = await session.look();
	const waited = await awaitPosition(
		run,
		{ ...source, goOn: session.goOn },
		channel,
		({ execCoordinates }) =>
			compareCoordinates(execCoordinates, selfCoordinates) >= 0,
		"",
	);
	if (!isGood(waited)) return { why: waited.says };
	const [now, replica] = [await source.look(), await session.look()];
	const since = whyNotOurs(current, now);
	return since === ""
		? { left: channelOf(replica, step.channel), at: now.selfCoordinates }
		: { why: since };
};
