import type { Instance } from "../../topology/instance.ts";
import type { Reader, StepSession } from "../step-session.ts";
import { isComing, lackedBy, type OneChannel } from "./lacked.ts";
import type { StepRun } from "./step-context.ts";

/**
 * Waits until the source has applied what the replica has beyond it.
 * @param seen the source as it was looked at before: when it had all of it then, it is not asked again
 * @returns why the replica cannot be moved; empty when the source has it all
 */
export const awaitSource = async (
	run: StepRun,
	{ goOn, server: on }: Pick<StepSession, "goOn" | "server">,
	source: Reader,
	seen: Instance,
	of: OneChannel,
): Promise<string> => {
	if (lackedBy(seen, of).goal === "") return "";
	const endMs = run.nowMs() + run.connectWithinMs;
	for (;;) {
		const now = await source.look();
		goOn();
		const lacked = lackedBy(now, of);
		if (lacked.goal === "") return "";
		const what = `${on} has transactions that ${source.server} lacks (${lacked.says.slice(0, 300)})`;
		if (!isComing(now, lacked))
			return `${what}: it is left as it is, not moved`;
		const leftMs = endMs - run.nowMs();
		if (leftMs <= 0)
			return `${what}, and has not applied within ${run.connectWithinMs} ms: it is left as it is, not moved`;
		run.beat(
			`${source.server} still has to apply ${lacked.says.slice(0, 200)}`,
		);
		await source.read(
			source.dialect.waitApplied(lacked.goal, Math.min(1, leftMs / 1000)),
			5_000,
		);
	}
};
