import type { StepOf } from "../../planning/step.ts";
import { channelOf, hasSource, through } from "./channel.ts";
import { stopToItsEnd } from "./end-stopping.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** Stops both threads of a channel; an applier ends its transaction first. */
export const stopReplication = (
	run: StepRun,
	{ on, channel: name }: StepOf<"stopReplication">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const channel = channelOf(await session.look(), name);
		if (!hasSource(channel))
			return finding("already", `${on} replicates from nobody${through(name)}`);
		if (channel.receiver <= 0 && channel.applier <= 0)
			return finding(
				"already",
				`replication of ${on} is stopped${through(name)}`,
			);
		await stopToItsEnd(run, session, session.dialect.stopReplica(name));
		const { receiver, applier } = channelOf(await session.look(), name);
		return receiver <= 0 && applier <= 0
			? finding("done", `stopped replication of ${on}${through(name)}`)
			: finding(
					"failed",
					`replication of ${on} did not stop${through(name)}: ${receiver > 0 ? "its receiver" : "its applier"} runs`,
				);
	});
