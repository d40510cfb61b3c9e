import type { StepOf } from "../../planning/step.ts";
import { familyOf, missing } from "../../topology/gtid/gtid.ts";
import { type Replication, sourceOf } from "../../topology/instance.ts";
import { serverFault } from "../driver-error.ts";
import type { StepSession } from "../step-session.ts";
import { channelOf, hasSource, through } from "./channel.ts";
import { endTheReceiver } from "./end-receiver.ts";
import { stopToItsEnd } from "./end-stopping.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** The account lacks RELOAD. */
const MAY_NOT = 1227;

/** @returns why the channel is there still, and names `_`, which stands for nobody; empty when it is gone */
const forget = async (
	{ write, dialect }: StepSession,
	{ channel }: StepOf<"forgetSource">,
	{ isNamed, keepsLogin }: { isNamed: boolean; keepsLogin: boolean },
): Promise<string> => {
	// Where no server tells it, it is of no use to keep.
	if (keepsLogin && dialect.replicationCredential !== "") {
		await write(dialect.unsetSource(channel));
		return "which keeps the replication account, since no other server knows it";
	}
	try {
		await write(dialect.resetReplicaAll(channel), { deadlineMs: 30_000 });
		return "";
	} catch (error) {
		const fault = serverFault(error);
		if (fault.errno !== MAY_NOT) throw fault;
		if (isNamed) await write(dialect.unsetSource(channel));
		return "and could not be removed, since the account lacks RELOAD";
	}
};

/** It names `_`, and needs to be kept no longer. */
const isLeftOver = (
	{ sourceHost }: Replication,
	keepsLogin: boolean,
): boolean => sourceHost === "_" && !keepsLogin;

const isStillNeeded = (
	run: StepRun,
	{ on, keepsLoginFor }: StepOf<"forgetSource">,
): boolean =>
	keepsLoginFor !== undefined && sourceOf(run.known(keepsLoginFor)) !== on;

/** Removes one channel; the others stay. */
export const forgetSource = (
	run: StepRun,
	step: StepOf<"forgetSource">,
): Promise<Finding> =>
	run.session(step.on, async (session) => {
		const { on, channel: name } = step;
		const before = await session.look();
		const channel = channelOf(before, name);
		const keepsLogin = isStillNeeded(run, step);
		if (!hasSource(channel) && !isLeftOver(channel, keepsLogin))
			return finding("already", `${on} replicates from nobody${through(name)}`);
		const unapplied = missing(
			familyOf(before),
			before.executedGtid,
			channel.retrievedGtid,
		);
		if (channel.receiver !== 0) await endTheReceiver(run, session, channel);
		if (channel.receiver !== 0 || channel.applier !== 0)
			await stopToItsEnd(run, session, session.dialect.stopReplica(name));
		const kept = await forget(session, step, {
			isNamed: hasSource(channel),
			keepsLogin,
		});
		if (!hasSource(channel) && kept !== "")
			return finding(
				"already",
				`${on} replicates from nobody${through(name)}; its channel names _, ${kept}`,
			);
		const after = channelOf(await session.look(), name);
		if (hasSource(after))
			return finding(
				"failed",
				`${on} still names ${after.sourceHost}:${after.sourcePort} as its source${through(name)}`,
			);
		const notes = [
			kept === "" ? "" : `; its channel names _, ${kept}`,
			unapplied === ""
				? ""
				: `; what it had received and not applied is gone: ${unapplied.slice(0, 300)}`,
		];
		return finding(
			"done",
			`${on} has forgotten its source${through(name)}${notes.join("")}`,
		);
	});
