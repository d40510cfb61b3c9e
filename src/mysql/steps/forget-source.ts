import type { StepOf } from "../../planning/step.ts";
import { familyOf, missing } from "../../topology/gtid/gtid.ts";
import { serverFault } from "../driver-error.ts";
import type { StepSession } from "../step-session.ts";
import { channelOf, hasSource, through } from "./channel.ts";
import { stopPatiently } from "./patience.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** The account lacks RELOAD. */
const MAY_NOT = 1227;

/** @returns whether the channel is gone; otherwise it names `_`, which stands for nobody */
const forget = async (
	session: StepSession,
	channel: string,
): Promise<boolean> => {
	try {
		await session.write(session.dialect.resetReplicaAll(channel), {
			deadlineMs: 30_000,
		});
		return true;
	} catch (error) {
		const fault = serverFault(error);
		if (fault.errno !== MAY_NOT) throw fault;
		await session.write(session.dialect.unsetSource(channel));
		return false;
	}
};

/** Removes one channel; the others stay. */
export const forgetSource = (
	run: StepRun,
	{ on, channel: name }: StepOf<"forgetSource">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const before = await session.look();
		const channel = channelOf(before, name);
		if (!hasSource(channel))
			return finding("already", `${on} replicates from nobody${through(name)}`);
		const unapplied = missing(
			familyOf(before),
			before.executedGtid,
			channel.retrievedGtid,
		);
		if (channel.receiver !== 0)
			await stopPatiently(run, session, session.dialect.stopReceiver(name));
		await session.write(session.dialect.stopReplica(name), {
			deadlineMs: 30_000,
		});
		const isGone = await forget(session, name);
		const after = channelOf(await session.look(), name);
		if (hasSource(after))
			return finding(
				"failed",
				`${on} still names ${after.sourceHost}:${after.sourcePort} as its source${through(name)}`,
			);
		const notes = [
			isGone
				? ""
				: "; its channel names _ and could not be removed, since the account lacks RELOAD",
			unapplied === ""
				? ""
				: `; what it had received and not applied is gone: ${unapplied.slice(0, 300)}`,
		];
		return finding(
			"done",
			`${on} has forgotten its source${through(name)}${notes.join("")}`,
		);
	});
