import { setTimeout as delay } from "node:timers/promises";
import type { StepOf } from "../../planning/step.ts";
import { missing } from "../../topology/gtid/gtid.ts";
import type { Replication } from "../../topology/instance.ts";
import type { StepSession } from "../step-session.ts";
import { channelOf, hasSource, readChannel, through } from "./channel.ts";
import { startChannel } from "./start.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** A receiver that is refused tries again: what it says of that is its own server's last word for now. Milliseconds. */
const SETTLED_MS = 300;

/** Why one of the threads does not run and will not by waiting; undefined while it still may. */
const fault = ({
	receiver,
	applier,
	lastReceiverError,
	lastApplierError,
}: Replication): string | undefined => {
	if (receiver === 0 && lastReceiverError !== "")
		return `its receiver stopped: ${lastReceiverError.slice(0, 300)}`;
	return applier === 0 && lastApplierError !== ""
		? `its applier is broken: ${lastApplierError.slice(0, 300)}`
		: undefined;
};

/** It ran when it was looked at, and again a moment later: an applier that fails does so on its first transaction. */
const seenRunning = async (
	run: StepRun,
	session: StepSession,
	name: string,
): Promise<string | undefined> => {
	const endMs = run.nowMs() + run.connectWithinMs;
	let beatMs = run.nowMs();
	let since: number | undefined;
	for (;;) {
		const channel = await readChannel(session, name);
		const { receiver, applier, lastReceiverError } = channel;
		const why = fault(channel);
		if (why !== undefined) return why;
		const nowMs = run.nowMs();
		since = receiver === 1 && applier === 1 ? (since ?? nowMs) : undefined;
		if (since !== undefined && nowMs - since >= SETTLED_MS) return undefined;
		if (nowMs > endMs)
			return `it does not run yet (${lastReceiverError.slice(0, 300) || `receiver ${receiver}, applier ${applier}`})`;
		if (nowMs - beatMs >= 1_000) {
			run.beat(`${session.server} is starting to replicate`);
			beatMs = nowMs;
		}
		session.goOn();
		await delay(20);
	}
};

/** Starts what of the channel does not run, and sees that it runs. */
export const runReplication = (
	run: StepRun,
	{ on, channel: name, holds = [] }: StepOf<"runReplication">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const before = await session.look();
		const lacked =
			holds.length === 0
				? ""
				: missing("mysql", before.executedGtid, holds.join(","));
		if (lacked !== "")
			return finding(
				"refused",
				`${on} does not know any more that it has applied ${lacked.slice(0, 200)}, and would apply that again: add it to its gtid_purged, then start-replica -i ${on}`,
			);
		const channel = channelOf(before, name);
		if (!hasSource(channel))
			return finding(
				"refused",
				`${on} replicates from nobody${through(name)}: there is nothing to start`,
			);
		const isStarted = channel.receiver > 0 && channel.applier > 0;
		if (!isStarted) {
			const why = await startChannel(run, session, before, channel);
			if (why !== undefined) return why;
		}
		const why = await seenRunning(run, session, name);
		await session.look();
		if (why !== undefined)
			return finding(
				"failed",
				`replication of ${on} was started, but not running${through(name)}: ${why}`,
			);
		return isStarted
			? finding("already", `${on} replicates${through(name)}`)
			: finding("done", `${on} replicates again${through(name)}`);
	});
