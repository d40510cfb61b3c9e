import { setTimeout as delay } from "node:timers/promises";
import type { PlaceBy } from "../../planning/step.ts";
import { compareCoordinates } from "../../topology/coordinates.ts";
import type { Coordinates, Instance } from "../../topology/instance.ts";
import { textOfCoordinates } from "../../topology/pseudo-gtid/event-log.ts";
import { channelOf, channelSource } from "./channel.ts";
import {
	drainedAtRest,
	type Match,
	type PlaceFinder,
} from "./match-at-rest.ts";

type SamePlace = Extract<PlaceBy, { way: "same" }>;

/** Between two looks at a server that has yet to get something. Milliseconds. */
const PAUSE_MS = 100;

/**
 * The new source was looked at before the replica came to rest, and may have yet to get what that has.
 * @returns how far its logs go, by the last look
 */
const awaitLogged = async (
	{ run, session, source }: Match,
	seen: Instance,
	at: Coordinates,
): Promise<Coordinates> => {
	const endMs = run.nowMs() + run.connectWithinMs;
	let has = seen.selfCoordinates;
	while (compareCoordinates(has, at) < 0 && run.nowMs() < endMs) {
		if (has !== seen.selfCoordinates) await delay(PAUSE_MS);
		session.goOn();
		has = (await source.look()).selfCoordinates;
		run.beat(`${source.server} has ${textOfCoordinates(has)}`);
	}
	return has;
};

/** Below a server whose logs are those of its source, or that source itself: it goes on where it is. */
export const bySamePlace =
	({ in: source }: SamePlace): PlaceFinder =>
	async (current, was, seen) => {
		const { step } = current;
		const from = channelSource(was);
		// A place in other logs is none there.
		if (from !== source)
			return {
				why: `${step.on} replicates from ${from ?? "nobody"}, not from ${source}`,
			};
		const replica = await drainedAtRest(current, was);
		if ("why" in replica) return replica;
		const left = channelOf(replica, step.channel);
		const at = left.execCoordinates;
		if (at.file === "")
			return {
				why: `${step.on} does not tell the place in its source's binary log that it has reached; start it once`,
			};
		if (from === step.source) return { left, at };
		const has = await awaitLogged(current, seen, at);
		return compareCoordinates(has, at) < 0
			? {
					why: `${step.source} is behind it: it has ${textOfCoordinates(has)}, and ${step.on} has applied up to ${textOfCoordinates(at)}`,
				}
			: { left, at };
	};
