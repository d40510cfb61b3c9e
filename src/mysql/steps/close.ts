import { setTimeout as delay } from "node:timers/promises";
import type { StepOf } from "../../planning/step.ts";
import type { Instance } from "../../topology/instance.ts";
import { ServerFault } from "../driver-error.ts";
import type { StepSession } from "../step-session.ts";
import { type EndedClients, endClients } from "./clients.ts";
import {
	disabled,
	readSemiSync,
	SEMI_SYNC_OFF_MS,
	type SemiSyncChange,
} from "./semi-sync.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** After so long the switch to read-only is stuck behind commits that wait for acknowledgements. Milliseconds. */
const STUCK_MS = 300;
const READ_ONLY_MS = 12_000;
const LOCK_WAIT_S = 10;

const isClosed = (instance: Instance): boolean =>
	instance.readOnly &&
	(instance.flavor === "MariaDB" || instance.superReadOnly);

/**
 * Releases the commits that hold the switch up, by ending semi-sync. The pending switch lets no new write begin, and the clients of
 * the released commits have lost their connections, so that none of them is told a success.
 */
const releaseCommits = async (
	side: StepSession,
	off: SemiSyncChange,
): Promise<void> => {
	const { refusals } = await endClients(side);
	const [refusal] = refusals;
	if (refusal !== undefined)
		throw new ServerFault(
			"refused-by-server",
			`commits wait for acknowledgements, and not all clients can be ended (${refusal.message}): they would be told a success that could be lost`,
			refusal.errno,
		);
	await side.write(off.apply, { deadlineMs: SEMI_SYNC_OFF_MS });
};

/** @returns whether semi-sync had to be ended on the way */
const switchToReadOnly = async (
	session: StepSession,
	off: SemiSyncChange | undefined,
): Promise<boolean> => {
	await session.read(`SET SESSION lock_wait_timeout = ${LOCK_WAIT_S}`);
	let pending = true;
	const readOnly = session
		.write(
			session.dialect.setReadOnly({ readOnly: true, superReadOnly: true }),
			{ deadlineMs: READ_ONLY_MS },
		)
		.finally(() => {
			pending = false;
		});
	// Awaited below; a failure beside it must not make this one unhandled.
	readOnly.catch(() => undefined);
	await Promise.race([readOnly, delay(STUCK_MS)]);
	if (!pending || off === undefined) return readOnly.then(() => false);
	const side = await session.beside();
	try {
		await releaseCommits(side, off);
	} catch (error) {
		// Nothing has released the switch, and the commits that it waits for say why.
		await readOnly.catch(() => undefined);
		throw error;
	} finally {
		side.session.close();
	}
	return readOnly.then(() => true);
};

/**
 * The switch failed. Semi-sync is on again if it was ended on the way, and the server is looked at: when it is as it was, the step
 * has changed nothing.
 */
const putBack = async (
	run: StepRun,
	session: StepSession,
	before: Instance,
	off: SemiSyncChange | undefined,
): Promise<void> => {
	const over = async (back: StepSession): Promise<void> => {
		const now = await readSemiSync(back);
		if (off !== undefined && now?.policy.sourceEnabled === false)
			await back.write(off.takeBack, { takesBack: true });
		const after = await back.look();
		if (
			after.readOnly === before.readOnly &&
			after.superReadOnly === before.superReadOnly
		)
			run.settle(session.server, "unchanged");
	};
	try {
		if (session.session.isOpen) await over(session);
		else await run.session(session.server, over);
	} catch (error) {
		// What the step did stays unknown, and the fault that came first is told.
		if (!(error instanceof ServerFault)) throw error;
	}
};

const told = ({ ended, refusals }: EndedClients): string =>
	[
		ended > 0 ? ` and ended ${ended} client sessions` : "",
		refusals.length > 0
			? `; ${refusals.length} could not be ended (${refusals[0]?.message ?? ""})`
			: "",
	].join("");

/**
 * Fences a server that must not take writes any more: ends its client sessions, makes it read-only, then switches the source side
 * of semi-sync off.
 */
export const close = (
	run: StepRun,
	{ on }: StepOf<"close">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const before = await session.look();
		const off = disabled(await readSemiSync(session));
		if (isClosed(before) && off === undefined)
			return finding("already", `${on} is read-only`);
		session.part("ending clients");
		const first = await endClients(session);
		session.part("closing");
		const isReleased = await switchToReadOnly(session, off).catch(
			async (error: unknown) => {
				await putBack(run, session, before, off);
				throw error;
			},
		);
		session.part("closed");
		// Those that came in the meantime; on MariaDB they may be of accounts that write on.
		const second = await endClients(session);
		if (off !== undefined && !isReleased)
			await session.write(off.apply, { deadlineMs: SEMI_SYNC_OFF_MS });
		return isClosed(await session.look())
			? finding(
					"done",
					`made ${on} read-only${told({ ended: first.ended + second.ended, refusals: second.refusals })}`,
				)
			: finding("failed", `${on} is still writable`);
	});
