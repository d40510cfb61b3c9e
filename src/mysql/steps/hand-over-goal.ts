import { setTimeout as delay } from "node:timers/promises";
import { compareCoordinates } from "../../topology/coordinates.ts";
import { contains, familyOf, missing } from "../../topology/gtid/gtid.ts";
import type { Coordinates } from "../../topology/instance.ts";
import { textOfCoordinates } from "../../topology/pseudo-gtid/event-log.ts";
import { countOf, textOf } from "../cell.ts";
import type { Reader } from "../step-session.ts";
import { readChannel } from "./channel.ts";
import { type HandOver, positionOf } from "./hand.ts";

/** All that the old primary has at one moment, and whether the new one has applied it. */
export interface Goal {
	/**
	 * Waits for a moment, no longer than so long. @returns what is lacking still, in a few words; empty when it is all there
	 * @param deadlineMs for each answer of a server
	 */
	lacking(leftMs: number, deadlineMs: number): Promise<string>;
	/** For whoever goes on there: the place of that moment in the log of the old primary. Undefined where it is by GTID. */
	readonly place?: Coordinates;
}

/** Of one wait inside the server. Seconds. */
const WAIT_S = 1;
const SHORTEST_WAIT_S = 0.05;
const WAITED_MS = 3_000;
const LONGEST_TEXT = 200;

const byGtid = async (
	{ from, to, toBefore }: HandOver,
	deadlineMs: number,
): Promise<Goal> => {
	const family = familyOf(toBefore);
	const goal = await positionOf(from, deadlineMs);
	return {
		lacking: async (leftMs, withinMs) => {
			const leftS = Math.max(SHORTEST_WAIT_S, leftMs / 1000);
			const [row] = await to.read(
				to.dialect.waitApplied(goal, Math.min(WAIT_S, leftS)),
				Math.min(WAITED_MS, withinMs),
			);
			// MariaDB looks at numbers only, and not at whose they are: there the positions are compared.
			if (family === "mysql" && Number(row?.["waited"]) === 0) return "";
			const has = await positionOf(to, withinMs);
			return contains(family, has, goal)
				? ""
				: missing(family, has, goal).slice(0, LONGEST_TEXT);
		},
	};
};

/** The end of the log that it writes. */
export const endOfLog = async (
	reader: Pick<Reader, "dialect" | "read">,
	deadlineMs?: number,
): Promise<Coordinates> => {
	const [row = {}] = await reader.read(
		reader.dialect.binaryLogStatus,
		deadlineMs,
	);
	return { file: textOf(row, "File"), position: countOf(row, "Position") };
};

/** Between two looks at where the applier stands. Milliseconds. */
const LOOK_MS = 5;

const byPlace = async (
	{ run, from, to }: HandOver,
	channel: string,
	deadlineMs: number,
): Promise<Goal> => {
	const place = await endOfLog(from, deadlineMs);
	return {
		place,
		lacking: async (leftMs, withinMs) => {
			const endMs = run.nowMs() + Math.min(leftMs, WAIT_S * 1000);
			for (;;) {
				const { execCoordinates: at } = await readChannel(
					to,
					channel,
					withinMs,
				);
				if (compareCoordinates(at, place) >= 0) return "";
				if (run.nowMs() >= endMs)
					return `what is between ${textOfCoordinates(at)} and ${textOfCoordinates(place)} of ${from.server}`;
				await delay(LOOK_MS);
			}
		},
	};
};

/** @param deadlineMs for the answer of the old primary */
export const goalOf = (hand: HandOver, deadlineMs: number): Promise<Goal> =>
	hand.step.placedBy === undefined
		? byGtid(hand, deadlineMs)
		: byPlace(hand, hand.step.placedBy.channel, deadlineMs);
