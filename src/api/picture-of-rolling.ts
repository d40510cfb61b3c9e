import type { RollingStatus } from "../rolling/status.ts";
import { PARTS_IN_WORDS } from "../rolling/text.ts";
import type { RollingPicture, TurnPicture } from "./picture.ts";

const turnsOf = ({ done, current, toCome }: RollingStatus): TurnPicture[] => [
	...done.map(
		({ server, endedAtMs, says, isSkipped }): TurnPicture => ({
			server,
			state: isSkipped ? "skipped" : "done",
			atMs: endedAtMs,
			says,
		}),
	),
	...(current === null
		? []
		: [
				{
					server: current.server,
					state: "now" as const,
					atMs: current.sinceMs,
					says: PARTS_IN_WORDS[current.part],
				},
			]),
	...toCome
		.filter((server) => server !== current?.server)
		.map((server) => ({
			server,
			state: "to-come" as const,
			atMs: 0,
			says: "",
		})),
];

/** A rolling maintenance as the pages show it. */
export const pictureOfRolling = (
	status: RollingStatus,
	page: string,
): RollingPicture => ({
	identity: status.identity,
	workflowId: status.workflowId,
	phase: status.phase,
	says: status.says,
	saysSinceMs: status.saysSinceMs,
	beganAtMs: status.beganAtMs,
	requestedBy: status.requestedBy,
	reason: status.reason,
	page,
	turns: turnsOf(status),
});
