import {
	contains,
	familyOf,
	missing,
	received,
} from "../topology/gtid/gtid.ts";
import { isReplica } from "../topology/instance.ts";
import { numberOf } from "./cell.ts";
import { answer, type Seen } from "./seen.ts";
import type { StepSession } from "./step-session.ts";

/**
 * Stops the receiver and sees that it stopped: a receiver that merely retries would acknowledge for the old primary when the
 * link heals (reliability.md trap 7). The applier goes on.
 */
export const stopReceiver = async (step: StepSession): Promise<Seen> => {
	const before = await step.look();
	if (!isReplica(before))
		return answer("already", `${step.server} replicates from nobody`, before);
	if (before.replication.receiver === 0)
		return answer(
			"already",
			`the receiver of ${step.server} is stopped`,
			before,
		);
	// MariaDB throws received events away when a channel by GTID is started while both of its threads are stopped: the applier
	// must run before the receiver stops.
	if (
		before.flavor === "MariaDB" &&
		before.replication.applier === 0 &&
		!contains(familyOf(before), before.executedGtid, received(before))
	)
		await step.write(step.dialect.startApplier);
	// A receiver that was restarted against a hung source takes two seconds to stop (lab.md).
	await patiently(step, () => step.write(step.dialect.stopReceiver, 10_000));
	const after = await step.look();
	return after.replication.receiver === 0
		? answer("done", `stopped the receiver of ${step.server}`, after)
		: answer("failed", `the receiver of ${step.server} did not stop`, after);
};

/** Does the work with the server's patience with a hung source at its least, and puts that back. */
const patiently = async (
	step: StepSession,
	work: () => Promise<void>,
): Promise<void> => {
	const name = step.dialect.stopPatience;
	if (name === "") return work();
	const [row] = await step.read(`SELECT @@global.${name} AS seconds`);
	const before = numberOf(row ?? {}, "seconds");
	await step.write(`SET GLOBAL ${name} = 1`);
	try {
		await work();
	} finally {
		await step.write(`SET GLOBAL ${name} = ${before}`);
	}
};

/**
 * Starts the applier if need be and waits until everything received is applied.
 * @param beat called about once a second while it waits
 * @param limitMs gives up when nothing was applied for that long
 */
export const applyReceived = async (
	step: StepSession,
	options: {
		readonly beat: (says: string) => void;
		readonly limitMs: number;
		readonly nowMs: () => number;
		/** Transactions to wait for besides what the server itself has received. */
		readonly also?: string;
	},
): Promise<Seen> => {
	let seen = await step.look();
	const family = familyOf(seen);
	const goal = options.also ?? received(seen);
	if (contains(family, seen.executedGtid, goal))
		return answer(
			"already",
			`${step.server} has applied all that it received`,
			seen,
		);
	if (seen.replication.applier !== 1)
		await step.write(step.dialect.startApplier);
	let lastProgressMs = options.nowMs();
	let left = missing(family, seen.executedGtid, goal);
	for (;;) {
		const [row] = await step.read(step.dialect.waitApplied(goal, 1), 5_000);
		seen = await step.look();
		if (
			Number(row?.["waited"]) === 0 ||
			contains(family, seen.executedGtid, goal)
		)
			return answer(
				"done",
				`${step.server} has applied all that it received`,
				seen,
			);
		const now = missing(family, seen.executedGtid, goal);
		if (now !== left) lastProgressMs = options.nowMs();
		left = now;
		options.beat(`${step.server} still has to apply ${left.slice(0, 200)}`);
		if (seen.replication.lastApplierError !== "")
			return answer(
				"failed",
				`the applier of ${step.server} is broken: ${seen.replication.lastApplierError.slice(0, 300)}`,
				seen,
			);
		if (options.nowMs() - lastProgressMs > options.limitMs)
			return answer(
				"failed",
				`${step.server} applied nothing for ${Math.round(options.limitMs / 1000)} s; it still lacks ${left.slice(0, 200)}`,
				seen,
			);
	}
};

/** Undoes {@link stopReceiver}: replication is started towards the source that it has. */
export const startReplication = async (step: StepSession): Promise<Seen> => {
	const before = await step.look();
	if (!isReplica(before))
		return answer("already", `${step.server} replicates from nobody`, before);
	if (before.replication.receiver > 0 && before.replication.applier > 0)
		return answer(
			"already",
			`replication of ${step.server} is started`,
			before,
		);
	await step.write(step.dialect.startReplica, 30_000);
	return answer(
		"done",
		`started replication of ${step.server} again`,
		await step.look(),
	);
};
