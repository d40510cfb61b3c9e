import { setTimeout as delay } from "node:timers/promises";
import type { StepSession } from "../step-session.ts";
import { readChannel, through } from "./channel.ts";
import type { Meant } from "./move-objection.ts";
import { isNotLetIn } from "./renew-login.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/**
 * Waits until receiver and applier run, and tells why they do not.
 * @param renew asked once, when the source does not let the channel's account in: whether the channel has another one now
 */
export const awaitRunning = async (
	run: StepRun,
	session: StepSession,
	{ on, channel: name, source }: Meant,
	renew?: () => Promise<boolean>,
): Promise<Finding> => {
	let mayRenew = renew !== undefined;
	let endMs = run.nowMs() + run.connectWithinMs;
	let beatMs = run.nowMs();
	let pauseMs = 2;
	const fault = async (why: string): Promise<Finding> => {
		await session.look();
		return finding(
			"failed",
			`${on} was pointed to ${source}${through(name)}, but ${why}`,
		);
	};
	for (;;) {
		const channel = await readChannel(session, name);
		const { receiver, applier, lastReceiverError, lastApplierError } = channel;
		if (receiver === 1 && applier === 1) {
			await session.look();
			return finding("done", `${on} replicates from ${source}${through(name)}`);
		}
		if (isNotLetIn(channel)) {
			if (!mayRenew || (await renew?.()) !== true)
				return fault(
					`its account is not let in: ${lastReceiverError.slice(0, 300)}`,
				);
			mayRenew = false;
			endMs = run.nowMs() + run.connectWithinMs;
			continue;
		}
		if (receiver === 0 && lastReceiverError !== "")
			return fault(`its receiver stopped: ${lastReceiverError.slice(0, 300)}`);
		if (applier === 0 && lastApplierError !== "")
			return fault(`its applier is broken: ${lastApplierError.slice(0, 300)}`);
		const nowMs = run.nowMs();
		if (nowMs > endMs)
			return fault(
				`does not replicate yet (${lastReceiverError.slice(0, 300) || `receiver ${receiver}, applier ${applier}`})`,
			);
		if (nowMs - beatMs >= 1_000) {
			run.beat(`${on} is connecting to ${source}`);
			beatMs = nowMs;
		}
		session.goOn();
		await delay(pauseMs);
		pauseMs = Math.min(10, pauseMs * 2);
	}
};
