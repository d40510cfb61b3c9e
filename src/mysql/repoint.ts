import { setTimeout as delay } from "node:timers/promises";
import {
	contains,
	familyOf,
	missing,
	received,
} from "../topology/gtid/gtid.ts";
import { type Instance, isReplica, sourceOf } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { numberOf, textOf } from "./cell.ts";
import type { Credential } from "./credential.ts";
import type { ChannelTarget } from "./dialect.ts";
import { answer, type Seen } from "./seen.ts";
import type { StepSession } from "./step-session.ts";

/** Heartbeats are evidence only when they are frequent; a slow or unknown period is set to one second (architecture.md §4.2). */
const heartbeatSeconds = async (step: StepSession): Promise<number> => {
	const rows = await step.read(step.dialect.heartbeatQuery);
	const row = rows.find((each) => textOf(each, "name") === "heartbeat_period");
	const period = numberOf(row ?? {}, "value");
	return period > 0 && period <= 2 ? period : 1;
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
	if (!rightSource && (await changeBeside(step, input, before)))
		return awaitReceiver(step, input);
	if (!rightSource) await changeChannel(step, input, before);
	if (input.leaveStopped === true)
		return answer(
			"done",
			`pointed ${step.server} to ${input.source}, replication left stopped`,
			await step.look(),
		);
	await step.write(step.dialect.startReplica, 30_000);
	return awaitReceiver(step, input);
};

const targetOf = async (
	step: StepSession,
	input: RepointInput,
	before: Instance,
): Promise<ChannelTarget> => ({
	source: input.source,
	heartbeatSeconds: await heartbeatSeconds(step),
	tls: before.replication.allowTls || input.credential?.tls === true,
	...(input.credential === undefined || before.replication.user !== ""
		? {}
		: input.credential),
});

const changeChannel = async (
	step: StepSession,
	input: RepointInput,
	before: Instance,
): Promise<void> => {
	if (isReplica(before)) await step.write(step.dialect.stopReplica, 30_000);
	else
		for (const statement of step.dialect.adoptPosition(before.executedGtid))
			await step.write(statement);
	const target = await targetOf(step, input, before);
	await step.write(step.dialect.changeSource(target), 30_000);
};

/**
 * In a failover the receiver is stopped already: then the applier can run on, nothing of the relay logs is deleted, and the
 * replica acknowledges for the new primary the sooner.
 * @returns whether that was possible
 */
const changeBeside = async (
	step: StepSession,
	input: RepointInput,
	before: Instance,
): Promise<boolean> => {
	const { changeReceiver, startReceiver } = step.dialect;
	const { receiver, applier, usingOracleGtid } = before.replication;
	if (
		changeReceiver === undefined ||
		receiver !== 0 ||
		applier !== 1 ||
		!usingOracleGtid ||
		input.leaveStopped === true
	)
		return false;
	const target = await targetOf(step, input, before);
	await step.write(changeReceiver(target), 30_000);
	await step.write(startReceiver, 30_000);
	return true;
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
