import { BatonError } from "../errors.ts";
import { contains, familyOf, missing } from "../topology/gtid/gtid.ts";
import {
	type Instance,
	isReplica,
	type SemiSync,
} from "../topology/instance.ts";
import { ServerFault } from "./driver-error.ts";
import { textOf } from "./replica-status.ts";
import { answer, killClients, type Seen } from "./replication-steps.ts";
import type { StepSession } from "./step-session.ts";

/** How the new primary shall wait for acknowledgements: as the old one did. */
export type SemiSyncPolicy = Pick<
	SemiSync,
	"sourceEnabled" | "sourceTimeoutMs" | "waitForReplicaCount" | "waitPoint"
>;

/** The semi-sync variables of the server under the names that its plugins have. */
const semiSyncNames = async (
	step: StepSession,
): Promise<ReadonlyMap<string, string>> => {
	const rows = await step.read(
		"SHOW GLOBAL VARIABLES LIKE 'rpl\\_semi\\_sync\\_%'",
	);
	return new Map(
		rows.map((row) => [textOf(row, "Variable_name"), textOf(row, "Value")]),
	);
};

const SOURCE_SWITCHES = [
	["timeout", "sourceTimeoutMs"],
	["wait_for_replica_count", "waitForReplicaCount"],
	["wait_for_slave_count", "waitForReplicaCount"],
	["wait_point", "waitPoint"],
] as const;

/**
 * Makes the source side of semi-sync like the old primary's. Only right before the server is made writable: while it still
 * applies, its own commits would wait for acknowledgements that nobody sends.
 */
const enableSemiSync = async (
	step: StepSession,
	policy: SemiSyncPolicy,
): Promise<void> => {
	if (!policy.sourceEnabled) return;
	const names = await semiSyncNames(step);
	for (const word of ["source", "master"]) {
		const prefix = `rpl_semi_sync_${word}_`;
		if (!names.has(`${prefix}enabled`)) continue;
		for (const [suffix, key] of SOURCE_SWITCHES) {
			const current = names.get(prefix + suffix);
			const wanted = policy[key];
			if (current === undefined || wanted === "" || current === String(wanted))
				continue;
			await step.write({
				sql: `SET GLOBAL ${prefix}${suffix} = ?`,
				values: [wanted],
			});
		}
		await step.write(`SET GLOBAL ${prefix}enabled = 1`);
		return;
	}
	throw new ServerFault(
		"refused-by-server",
		"the old primary waited for semi-sync acknowledgements, but the semi-sync source plugin is not loaded here",
	);
};

/** Switches the source side off. Clients must be gone: their waiting commits would be released as successes (reliability.md trap 6). */
const disableSemiSync = async (step: StepSession): Promise<void> => {
	const names = await semiSyncNames(step);
	for (const word of ["source", "master"]) {
		const name = `rpl_semi_sync_${word}_enabled`;
		if (["ON", "1"].includes(names.get(name) ?? ""))
			await step.write(`SET GLOBAL ${name} = 0`);
	}
};

const isSemiSyncSource = async (step: StepSession): Promise<boolean> => {
	const names = await semiSyncNames(step);
	return ["source", "master"].some((word) =>
		["ON", "1"].includes(names.get(`rpl_semi_sync_${word}_enabled`) ?? ""),
	);
};

const setReadOnly = async (
	step: StepSession,
	on: boolean,
	deadlineMs: number,
): Promise<void> => {
	for (const sql of step.dialect.setReadOnly(on, true))
		await step.write(sql, deadlineMs);
};

/**
 * Makes a caught-up replica writable and lets it forget its source. Receiver stopped and everything applied are
 * preconditions, checked here again. The server is writable before its channel is removed: clients wait for the former only.
 */
export const promote = async (
	step: StepSession,
	policy: SemiSyncPolicy,
): Promise<Seen> => {
	const before = await step.look();
	if (!isReplica(before) && !before.readOnly)
		return answer("already", `${step.server} is a writable primary`, before);
	if (before.replication.receiver > 0)
		return answer(
			"refused",
			`the receiver of ${step.server} runs again: it must be stopped before the promotion`,
			before,
		);
	if (isReplica(before)) await step.write(step.dialect.stopReplica, 30_000);
	await enableSemiSync(step, policy);
	await setReadOnly(step, false, 10_000);
	if (isReplica(before)) await step.write(step.dialect.resetReplicaAll, 30_000);
	const after = await step.look();
	return !after.readOnly && !isReplica(after)
		? answer(
				"done",
				`${step.server} is writable and replicates from nobody`,
				after,
			)
		: answer(
				"failed",
				`${step.server} is still ${after.readOnly ? "read-only" : "a replica"}`,
				after,
			);
};

const isFenced = (instance: Instance): boolean =>
	instance.readOnly &&
	(instance.flavor === "MariaDB" || instance.superReadOnly);

/** Ends client sessions and makes the server read-only. Sessions first: a commit that waits for an acknowledgement would block the switch. */
const block = async (step: StepSession): Promise<number> => {
	let killed = 0;
	for (let round = 0; ; round++) {
		killed += await killClients(step);
		try {
			await step.write("SET SESSION lock_wait_timeout = 1");
			await setReadOnly(step, true, 5_000);
			return killed + (await killClients(step));
		} catch (error) {
			// 1205: some session still holds the lock; the next round ends those that came or waited meanwhile.
			if (!(error instanceof ServerFault && error.errno === 1205) || round >= 5)
				throw error;
		}
	}
};

/**
 * Fences a server that must not take writes any more: ends its client sessions, makes it read-only, then switches the source
 * side of semi-sync off.
 */
export const demote = async (step: StepSession): Promise<Seen> => {
	const before = await step.look();
	if (isFenced(before) && !(await isSemiSyncSource(step)))
		return answer("already", `${step.server} is read-only`, before);
	const killed = await block(step);
	await disableSemiSync(step);
	const after = await step.look();
	return isFenced(after)
		? answer(
				"done",
				`made ${step.server} read-only${killed > 0 ? ` and ended ${killed} client sessions` : ""}`,
				after,
			)
		: answer("failed", `${step.server} is still writable`, after);
};

/**
 * Switches the source side of semi-sync off on a demoted server. A step of its own after a takeover: MySQL takes up to a second
 * for it, and the server can follow the new primary meanwhile.
 */
export const endSemiSyncSource = async (step: StepSession): Promise<Seen> => {
	const before = await step.look();
	if (!before.readOnly)
		return answer(
			"refused",
			`${step.server} is writable: its clients' waiting commits would be released`,
			before,
		);
	if (!(await isSemiSyncSource(step)))
		return answer("already", `${step.server} is no semi-sync source`, before);
	await disableSemiSync(step);
	return answer(
		"done",
		`${step.server} is no semi-sync source any more`,
		before,
	);
};

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
	return textOf(row ?? {}, "gtid_executed").replace(/\s/g, "");
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
