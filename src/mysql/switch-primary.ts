import { BatonError } from "../errors.ts";
import { contains, familyOf, missing } from "../topology/gtid/gtid.ts";
import { type Instance, isReplica } from "../topology/instance.ts";
import { gtidOf } from "./cell.ts";
import { block } from "./demote.ts";
import { ServerFault } from "./driver-error.ts";
import { setReadOnly } from "./read-only.ts";
import { answer, type Seen } from "./seen.ts";
import { enableSemiSync, type SemiSyncPolicy } from "./semi-sync-switches.ts";
import type { StepSession } from "./step-session.ts";

export interface SwitchInput {
	readonly policy: SemiSyncPolicy;
	/** Deadline for the new primary to apply the last of it, milliseconds. */
	readonly catchUpMs: number;
	/** Called with the name of each part as it is reached: what a retry finds done. */
	readonly reached: (part: string) => void;
}

export interface Switched extends Seen {
	/** The demoted server afterwards. */
	readonly demoted: Instance;
	/** Writes were blocked and could not be opened again: a person must look. */
	readonly leftReadOnly: boolean;
}

/**
 * The part of a takeover that clients feel: the old primary read-only, the last of it applied, the new one writable. One
 * function over two sessions, since each hop between would be added to the gap. Before the new one is writable any failure
 * makes the old one writable again; after that it only goes forward.
 */
export const switchPrimary = async (
	old: StepSession,
	next: StepSession,
	input: SwitchInput,
): Promise<Switched> => {
	const nextBefore = await next.look();
	if (!nextBefore.readOnly) {
		const demoted = await finishSwitch(old, next, nextBefore);
		return {
			...answer("already", `${next.server} is writable`, await next.look()),
			demoted,
			leftReadOnly: false,
		};
	}
	let opening = false;
	try {
		// With writes still open, so that only the last of them remains when they are blocked.
		input.reached("catching up");
		await awaitAll(old, next, nextBefore, input.catchUpMs);
		input.reached("blocking writes");
		await old.write("SET SESSION lock_wait_timeout = 2");
		await setReadOnly(old, true, 5_000);
		input.reached("writes blocked");
		await awaitAll(old, next, nextBefore, input.catchUpMs);
		await enableSemiSync(next, input.policy);
		input.reached("opening");
		opening = true;
		await setReadOnly(next, false, 5_000);
	} catch (error) {
		return undoSwitch(old, next, error, opening);
	}
	input.reached("opened");
	const demoted = await finishSwitch(old, next, nextBefore);
	return {
		...answer(
			"done",
			`${old.server} is read-only, ${next.server} has all of it and is writable`,
			await next.look(),
		),
		demoted,
		leftReadOnly: false,
	};
};

const position = async (step: StepSession): Promise<string> => {
	const [row] = await step.read(step.dialect.identityQuery);
	return gtidOf(row ?? {}, "gtid_executed");
};

const awaitAll = async (
	old: StepSession,
	next: StepSession,
	nextBefore: Instance,
	limitMs: number,
): Promise<void> => {
	const goal = await position(old);
	const [row] = await next.read(
		next.dialect.waitApplied(goal, Math.max(1, Math.ceil(limitMs / 1000))),
		limitMs + 2_000,
	);
	const has = await position(next);
	const family = familyOf(nextBefore);
	if (Number(row?.waited) !== 0 || !contains(family, has, goal))
		throw new BatonError(
			"OperationFailed",
			`${next.server} did not apply the last transactions of ${old.server} within ${limitMs} ms (lacks ${missing(family, has, goal).slice(0, 200)})`,
		);
};

/** The old primary lets go of its clients, the new one of its source. */
const finishSwitch = async (
	old: StepSession,
	next: StepSession,
	nextBefore: Instance,
): Promise<Instance> => {
	const forget = async (): Promise<void> => {
		if (!isReplica(nextBefore)) return;
		await next.write(next.dialect.stopReplica, 30_000);
		await next.write(next.dialect.resetReplicaAll, 30_000);
	};
	await Promise.all([forget(), block(old)]);
	return old.look();
};

const undoSwitch = async (
	old: StepSession,
	next: StepSession,
	cause: unknown,
	opening: boolean,
): Promise<Switched> => {
	if (cause instanceof BatonError && cause.code === "Superseded") throw cause;
	const why = cause instanceof Error ? cause.message : String(cause);
	const nextNow = await next.look().catch(() => undefined);
	// An answer that got lost may hide a success: what is open stays open.
	if (nextNow !== undefined && !nextNow.readOnly)
		throw new ServerFault(
			"lost",
			`${next.server} became writable, but the way there was interrupted: ${why}`,
		);
	// Whether it became writable cannot be seen: two writable primaries would be worse than none.
	let reopened = !(opening && nextNow === undefined);
	if (reopened)
		await setReadOnly(old, false, 5_000).catch(() => {
			reopened = false;
		});
	const demoted = await old.look().catch(() => undefined);
	const instance = nextNow ?? demoted;
	if (instance === undefined)
		throw new ServerFault(
			"lost",
			`neither ${old.server} nor ${next.server} answers any more: ${why}`,
		);
	return {
		...answer(
			"failed",
			`${why}; ${reopened ? `${old.server} is writable again` : `${old.server} could NOT be made writable again: do it by hand`}`,
			instance,
		),
		demoted: demoted ?? instance,
		leftReadOnly: !reopened,
	};
};
