import { compareCoordinates } from "../../topology/coordinates.ts";
import { textOfCoordinates } from "../../topology/pseudo-gtid/event-log.ts";
import { channelOf, channelSource, hasSource } from "./channel.ts";
import { endOfLog } from "./hand-over-goal.ts";
import { atRest, type PlaceFinder } from "./match-at-rest.ts";

/** Of one that has no source: its own log ends there, so long as nobody writes on it. */
const byOwnEnd: PlaceFinder = async (current, was) => {
	const { run, step, session } = current;
	const { readOnly } = await session.look();
	if (!readOnly)
		return {
			why: `${step.on} takes writes, which ${step.source} would lack`,
		};
	const reached = await endOfLog(session);
	const known = await run.equivalences.of({ server: step.on, at: reached });
	const place = known.find((each) => each.server === step.source);
	return place === undefined
		? {
				why: `no place in the binary logs of ${step.source} is recorded as ${textOfCoordinates(reached)} of ${step.on}, where it ends: it may have what ${step.source} lacks`,
			}
		: { left: was, at: place.at };
};

/** By a place that was recorded as the one that the replica has reached. Nothing is touched where there is none. */
export const byRecord: PlaceFinder = async (current, was, seen) => {
	const { run, step } = current;
	if (!hasSource(was)) return byOwnEnd(current, was, seen);
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
