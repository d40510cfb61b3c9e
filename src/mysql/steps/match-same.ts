import type { PlaceBy } from "../../planning/step.ts";
import { compareCoordinates } from "../../topology/coordinates.ts";
import { textOfCoordinates } from "../../topology/pseudo-gtid/event-log.ts";
import { channelOf, channelSource } from "./channel.ts";
import { drainedAtRest, type PlaceFinder } from "./match-at-rest.ts";

type SamePlace = Extract<PlaceBy, { way: "same" }>;

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
		return from !== step.source &&
			compareCoordinates(seen.selfCoordinates, at) < 0
			? {
					why: `${step.source} is behind it: it has ${textOfCoordinates(seen.selfCoordinates)}, and ${step.on} has applied up to ${textOfCoordinates(at)}`,
				}
			: { left, at };
	};
