import { compareCoordinates } from "../../topology/coordinates.ts";
import { textOfCoordinates } from "../../topology/pseudo-gtid/event-log.ts";
import { channelOf, channelSource } from "./channel.ts";
import { atRest, type PlaceFinder } from "./match-at-rest.ts";

/** By a place that was recorded as the one that the replica has reached. Nothing is touched where there is none. */
export const byRecord: PlaceFinder = async (current, was) => {
	const { run, step } = current;
	const server = channelSource(was);
	const reached = was.execCoordinates;
	if (server === undefined)
		return { why: `${step.on} has no source whose logs its place would be in` };
	const known = await run.equivalences.of({ server, at: reached });
	const place = known.find((each) => each.server === step.source);
	if (place === undefined)
		return {
			why: `no place in the binary logs of ${step.source} is recorded as ${textOfCoordinates(reached)} of ${server}, which ${step.on} has reached`,
		};
	const left = channelOf(await atRest(current), step.channel);
	for (const now of [left.execCoordinates, left.readCoordinates])
		if (compareCoordinates(now, reached) !== 0)
			return {
				why: `${step.on} has got on to ${textOfCoordinates(now)} meanwhile, for which nothing is recorded`,
			};
	return { left, at: place.at };
};
