import { setTimeout as delay } from "node:timers/promises";
import type { StepResult } from "../planning/operation.ts";
import {
	contains,
	familyOf,
	missing,
	received,
} from "../topology/gtid/gtid.ts";
import { type Instance, isReplica, sourceOf } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Credential } from "./credential.ts";
import { ServerFault } from "./driver-error.ts";
import { numberOf, textOf } from "./replica-status.ts";
import type { StepSession } from "./step-session.ts";

/** A step's answer, and the server as it was afterwards. */
export interface Seen extends StepResult {
	readonly instance: Instance;
}

export const answer = (
	status: StepResult["status"],
	says: string,
	instance: Instance,
): Seen => ({ status, says, instance });

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

/** Heartbeats are evidence only when they are frequent; a slow or unknown period is set to one second (architecture.md §4.2). */
const heartbeatSeconds = async (step: StepSession): Promise<number> => {
	const rows = await step.read(step.dialect.heartbeatQuery);
	const row = rows.find((each) => textOf(each, "name") === "heartbeat_period");
	const period = numberOf(row ?? {}, "value");
	return period > 0 && period <= 2 ? period : 1;
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

export interface RepointInput {
	readonly source: InstanceName;
	/** Everything that the new source has received; what the replica holds beyond it would be lost or is errant. */
	readonly sourceHas?: string;
	/** For a server that has never replicated. */
	readonly credential?: Credential;
	/** Lay the channel, but leave it stopped (graceful-master-takeover without -auto). */
	readonly leaveStopped?: boolean;
	/** How long the receiver may take to connect. */
	readonly connectWithinMs: number;
	readonly nowMs: () => number;
}

/**
 * Points a replica to another source by GTID. CHANGE REPLICATION SOURCE deletes unapplied relay logs, so it is refused where
 * the new source does not have what they hold (reliability.md trap 2); where source and options are right already the
 * channel is only started.
 */
export const repoint = async (
	step: StepSession,
	input: RepointInput,
): Promise<Seen> => {
	const before = await step.look();
	const rightSource = sourceOf(before) === input.source;
	if (
		rightSource &&
		before.replication.receiver === 1 &&
		before.replication.applier === 1
	)
		return answer(
			"already",
			`${step.server} replicates from ${input.source}`,
			before,
		);
	const family = familyOf(before);
	if (
		input.sourceHas !== undefined &&
		!contains(family, input.sourceHas, received(before))
	)
		return answer(
			"refused",
			`${step.server} has transactions that ${input.source} lacks (${missing(family, input.sourceHas, received(before)).slice(0, 300)}): it is left as it is, not repointed`,
			before,
		);
	if (!rightSource) {
		if (isReplica(before)) await step.write(step.dialect.stopReplica, 30_000);
		else
			for (const statement of step.dialect.adoptPosition(before.executedGtid))
				await step.write(statement);
		await step.write(
			step.dialect.changeSource({
				source: input.source,
				heartbeatSeconds: await heartbeatSeconds(step),
				tls: before.replication.allowTls || input.credential?.tls === true,
				...(input.credential === undefined || before.replication.user !== ""
					? {}
					: input.credential),
			}),
			30_000,
		);
	}
	if (input.leaveStopped === true)
		return answer(
			"done",
			`pointed ${step.server} to ${input.source}, replication left stopped`,
			await step.look(),
		);
	await step.write(step.dialect.startReplica, 30_000);
	return awaitReceiver(step, input);
};

const awaitReceiver = async (
	step: StepSession,
	input: RepointInput,
): Promise<Seen> => {
	const untilMs = input.nowMs() + input.connectWithinMs;
	for (;;) {
		const seen = await step.look();
		const { receiver, applier, lastReceiverError } = seen.replication;
		if (receiver === 1 && applier === 1)
			return answer(
				"done",
				`${step.server} replicates from ${input.source}`,
				seen,
			);
		if (receiver === 0 && lastReceiverError !== "")
			return answer(
				"failed",
				`${step.server} was pointed to ${input.source}, but its receiver stopped: ${lastReceiverError.slice(0, 300)}`,
				seen,
			);
		if (input.nowMs() > untilMs)
			return answer(
				"failed",
				`${step.server} was pointed to ${input.source}, but does not replicate yet (${lastReceiverError.slice(0, 300) || `receiver ${receiver}, applier ${applier}`})`,
				seen,
			);
		await delay(10);
	}
};

/** Ends the client sessions of a server that is to be demoted; replication, our own and system sessions stay. */
export const killClients = async (step: StepSession): Promise<number> => {
	const rows = await step.read(step.dialect.processesQuery);
	const [own] = await step.read("SELECT CURRENT_USER() AS user");
	const ownUser = String(own?.["user"] ?? "").split("@")[0];
	const clients = rows.filter((row) => {
		const user = String(row["user"] ?? "");
		const command = String(row["command"] ?? "");
		return (
			![
				"system user",
				"event_scheduler",
				"unauthenticated user",
				ownUser,
			].includes(user) &&
			!command.startsWith("Binlog Dump") &&
			!["Daemon", "Killed", "Connect", "Slave_SQL", "Slave_IO"].includes(
				command,
			)
		);
	});
	for (const row of clients)
		await step.write(`KILL ${Number(row["id"])}`).catch((error: unknown) => {
			// 1094: the session ended by itself.
			if (!(error instanceof ServerFault && error.errno === 1094)) throw error;
		});
	return clients.length;
};
