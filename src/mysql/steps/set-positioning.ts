import type { StepOf } from "../../planning/step.ts";
import type { Replication } from "../../topology/instance.ts";
import { THREADS_MS } from "./change-channel.ts";
import { channelOf, hasSource, through } from "./channel.ts";
import { hasPending } from "./drain-received.ts";
import { heartbeatSeconds } from "./heartbeat.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

const isByGtid = ({ usingOracleGtid, usingMariadbGtid }: Replication) =>
	usingOracleGtid || usingMariadbGtid;

/** Lets a stopped channel find its place by GTID, or by the file and position that it has reached. */
export const setPositioning = (
	run: StepRun,
	{ on, channel: name, byGtid }: StepOf<"setPositioning">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const before = await session.look();
		const channel = channelOf(before, name);
		const is = `${on} replicates by ${byGtid ? "GTID" : "file and position"}${through(name)}`;
		const refuse = (why: string) =>
			finding("refused", `${on}${through(name)}: ${why}`);
		if (!hasSource(channel)) return refuse("it replicates from nobody");
		if (isByGtid(channel) === byGtid) return finding("already", is);
		if (channel.receiver > 0 || channel.applier > 0)
			return refuse("its threads run, and have to be stopped for it");
		if (hasPending(before, channel))
			return refuse(
				"it has received events that it has not applied, which would be deleted",
			);
		const { file } = channel.execCoordinates;
		if (!byGtid && file === "")
			return refuse(
				"it does not tell the place in its source's binary log that it has reached; start it once",
			);
		await session.write(
			session.dialect.changePositioning(
				name,
				byGtid ? "gtid" : channel.execCoordinates,
				await heartbeatSeconds(run, session, channel),
			),
			{ deadlineMs: THREADS_MS },
		);
		const after = channelOf(await session.look(), name);
		return isByGtid(after) === byGtid
			? finding("done", is)
			: finding("failed", `${on} is positioned as before${through(name)}`);
	});
