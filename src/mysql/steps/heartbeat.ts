import type { Replication } from "../../topology/instance.ts";
import { numberOf } from "../cell.ts";
import { serverFault } from "../driver-error.ts";
import type { StepSession } from "../step-session.ts";
import { channelOf } from "./channel.ts";
import type { StepRun } from "./step-context.ts";

/** Of a channel whose period is not known, and of one that is laid anew: heartbeats are evidence only when they are frequent. Seconds. */
export const FREQUENT = 1;

/** The channel's heartbeat period, as the server tells it, else as the operation's picture has it. */
export const heartbeatSeconds = async (
	run: StepRun,
	session: StepSession,
	channel: Replication,
): Promise<number> => {
	const { heartbeatQuery } = session.dialect;
	if (heartbeatQuery === undefined) return channel.heartbeatPeriodSeconds;
	try {
		const [row] = await session.read(heartbeatQuery(channel.channel));
		if (row !== undefined) return numberOf(row, "period");
	} catch (error) {
		const fault = serverFault(error);
		if (fault.outcome !== "refused-by-server") throw fault;
	}
	const known = channelOf(run.known(session.server), channel.channel);
	return known.heartbeatPeriodSeconds || FREQUENT;
};
