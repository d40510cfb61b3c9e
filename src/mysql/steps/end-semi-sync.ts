import type { StepOf } from "../../planning/step.ts";
import { disabled, readSemiSync, SEMI_SYNC_OFF_MS } from "./semi-sync.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/**
 * Switches the source side of semi-sync off on a server that takes no writes any more. A step of its own after a takeover: the
 * server can follow the new primary meanwhile.
 */
export const endSemiSync = (
	run: StepRun,
	{ on }: StepOf<"endSemiSync">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const before = await session.look();
		if (!before.readOnly)
			return finding(
				"refused",
				`${on} is writable: its clients' waiting commits would be released`,
			);
		const change = disabled(await readSemiSync(session));
		if (change === undefined)
			return finding("already", `${on} is no semi-sync source`);
		await session.write(change.apply, { deadlineMs: SEMI_SYNC_OFF_MS });
		await session.look();
		return finding("done", `${on} is no semi-sync source any more`);
	});
