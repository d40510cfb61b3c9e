import { setTimeout as delay } from "node:timers/promises";
import { errors } from "../../errors.ts";
import type { Coordinates } from "../../topology/instance.ts";
import {
	compareLogs,
	type OwnSide,
} from "../../topology/pseudo-gtid/correlate.ts";
import type { EventLog } from "../../topology/pseudo-gtid/event-log.ts";
import type { MarkerRules } from "../../topology/pseudo-gtid/markers.ts";
import { ownMarker } from "../../topology/pseudo-gtid/own-marker.ts";
import { channelOf } from "./channel.ts";
import {
	drainedAtRest,
	type PlaceFinder,
	type Unknown,
} from "./match-at-rest.ts";
import type { StepRun } from "./step-context.ts";
import { logsOf } from "./step-logs.ts";

/** Where a replica goes on in the logs of its new source. */
type Place = { readonly at: Coordinates } | Unknown;

/** Between two looks at logs that have yet to get something. Milliseconds. */
const PAUSE_MS = 200;

/** The place behind all that the own side holds; the other log may have yet to get the last of it. */
export const awaitPlace = async (
	run: Pick<StepRun, "nowMs" | "beat" | "connectWithinMs">,
	own: OwnSide,
	other: EventLog,
	rules: MarkerRules,
	goOn: () => void,
): Promise<Place> => {
	const endMs = run.nowMs() + run.connectWithinMs;
	for (;;) {
		const found = await compareLogs(own, other, rules);
		goOn();
		if ("next" in found) return { at: found.next };
		if (!found.mayCome || run.nowMs() >= endMs)
			return { why: found.error.message };
		run.beat(`${other.owner} has yet to log what ${own.log.owner} has`);
		await delay(PAUSE_MS);
	}
};

/** By the Pseudo-GTID markers in the logs of both. */
export const byMarkers =
	(rules: MarkerRules): PlaceFinder =>
	async (current, was, seen) => {
		const { run, step, session, source } = current;
		const replica = await drainedAtRest(current, was);
		if ("why" in replica) return replica;
		const own = await ownMarker(replica, logsOf(run, session), rules, {
			binary: true,
			relay: true,
			format: seen.binlogFormat,
			...(replica.logBin ? { end: replica.selfCoordinates } : {}),
		});
		if (own === undefined)
			return {
				why: errors.noMarker({ server: replica.name, where: "in its logs" })
					.message,
			};
		const place = await awaitPlace(
			run,
			own,
			logsOf(run, source).binary,
			rules,
			session.goOn,
		);
		return "why" in place
			? place
			: { at: place.at, left: channelOf(replica, step.channel) };
	};
