import type { StepOf } from "../../planning/step.ts";
import { serverFault } from "../driver-error.ts";
import type { StepSession } from "../step-session.ts";
import { channelsIn } from "./channel.ts";
import {
	readSemiSync,
	SEMI_SYNC_OFF_MS,
	type SemiSyncChange,
	semiSyncChange,
} from "./semi-sync.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

const OPEN_MS = 10_000;

/** The statement after which clients may write. Whoever loses its answer does not know whether they can. */
export const openTheServer = async (session: StepSession): Promise<void> => {
	session.part("opening");
	await session.write(
		session.dialect.setReadOnly({ readOnly: false, superReadOnly: false }),
		{ deadlineMs: OPEN_MS },
	);
};

/** With its source side on, a replica would wait for acknowledgements of what it applies: that is taken back when it stays one. */
const notOpened = async (
	run: StepRun,
	session: StepSession,
	change: SemiSyncChange | undefined,
	error: unknown,
): Promise<never> => {
	if (serverFault(error).outcome === "refused-by-server") {
		if (change !== undefined)
			await session.write(change.takeBack, {
				deadlineMs: SEMI_SYNC_OFF_MS,
				takesBack: true,
			});
		run.settle(session.server, "unchanged");
	}
	throw error;
};

/**
 * Makes the server writable, and does nothing else that could fail between that and its answer. A receiver that still runs would
 * go on bringing the old primary's writes.
 */
export const open = (
	run: StepRun,
	{ on, semiSync }: StepOf<"open">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const before = await session.look();
		const running = channelsIn(before).find(({ receiver }) => receiver > 0);
		if (running !== undefined)
			return finding(
				"refused",
				`the receiver of ${on} runs${running.channel === "" ? "" : ` (channel ${running.channel})`}: it must be stopped before the server is opened`,
			);
		const change =
			semiSync && semiSyncChange(await readSemiSync(session), semiSync);
		if (typeof change === "string")
			return finding("refused", `${on} is not opened: ${change}`);
		if (change !== undefined) {
			session.part("semi-sync");
			await session.write(change.apply);
		}
		if (!before.readOnly) return finding("already", `${on} is writable`);
		await openTheServer(session).catch((error: unknown) =>
			notOpened(run, session, change, error),
		);
		session.part("opened");
		return (await session.look()).readOnly
			? finding("failed", `${on} is still read-only`)
			: finding("done", `${on} is writable`);
	});
