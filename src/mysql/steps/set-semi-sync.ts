import type { StepOf } from "../../planning/step.ts";
import type { Replication } from "../../topology/instance.ts";
import { numberOf } from "../cell.ts";
import { serverFault } from "../driver-error.ts";
import type { Reader, StepSession } from "../step-session.ts";
import { lookStarted } from "./await-connected.ts";
import { channelOf, channelsIn, hasSource } from "./channel.ts";
import { endTheReceiver } from "./end-receiver.ts";
import { readSemiSync, SEMI_SYNC_OFF_MS } from "./semi-sync.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

const UNKNOWN_VARIABLE = 1193;

/** A switch of semi-sync as it is on a server. */
interface Switch {
	readonly variable: string;
	readonly isOn: boolean;
}

/** @returns undefined when no such plugin is loaded. @throws ServerFault */
const replicaSwitch = async (reader: Reader): Promise<Switch | undefined> => {
	for (const variable of reader.dialect.semiSyncReplica)
		try {
			const [row] = await reader.read(`SELECT @@global.${variable} AS is_on`);
			return { variable, isOn: numberOf(row ?? {}, "is_on") === 1 };
		} catch (error) {
			const fault = serverFault(error);
			if (fault.errno !== UNKNOWN_VARIABLE) throw fault;
		}
	return undefined;
};

const sourceSwitch = async (reader: Reader): Promise<Switch | undefined> => {
	const now = await readSemiSync(reader);
	return (
		now && {
			variable: now.variables.enabled,
			isOn: now.policy.sourceEnabled,
		}
	);
};

/** A try before this one, or the step that this one takes back, may have been cut off after it had stopped a receiver that ran. */
const isCutOff = (run: StepRun, session: StepSession, channel: Replication) =>
	channel.receiver === 0 &&
	channelOf(run.known(session.server), channel.channel).receiver > 0;

/**
 * A receiver tells its source when it connects whether it acknowledges. Those that run are connected anew, and those that were left
 * stopped on the way; the server is looked at when they are.
 * @returns whether any was started
 */
const reconnect = async (
	run: StepRun,
	session: StepSession,
	isWanted: (channel: Replication) => boolean,
): Promise<boolean> => {
	const { dialect } = session;
	const receiving = channelsIn(await session.look()).filter(
		(channel) =>
			hasSource(channel) &&
			isWanted(channel) &&
			// An applier that stands still beside it would cost MariaDB what was received.
			(dialect.keepsRelayLogs || channel.applier > 0),
	);
	for (const channel of receiving) {
		if (channel.receiver > 0) await endTheReceiver(run, session, channel);
		await session.write(dialect.startReceiver(channel.channel), {
			takesBack: true,
		});
	}
	for (const { channel } of receiving) await lookStarted(run, session, channel);
	return receiving.length > 0;
};

export const setSemiSync = (
	run: StepRun,
	{ on, side, enabled }: StepOf<"setSemiSync">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const read = side === "source" ? sourceSwitch : replicaSwitch;
		const word = enabled ? "on" : "off";
		const is = `the ${side} side of semi-sync is ${word} on ${on}`;
		const now = await read(session);
		if (now === undefined)
			return enabled
				? finding(
						"refused",
						`${on} has no plugin for the ${side} side of semi-sync; install it first`,
					)
				: finding("already", is);
		const wasCutOff = (channel: Replication) => isCutOff(run, session, channel);
		if (now.isOn === enabled) {
			if (side === "source" || !(await reconnect(run, session, wasCutOff)))
				return finding("already", is);
			return finding("done", `${is}, and its receiver runs again`);
		}
		await session.write(
			{
				sql: `SET GLOBAL ${now.variable} = ?`,
				values: [enabled ? 1 : 0],
			},
			{ deadlineMs: SEMI_SYNC_OFF_MS },
		);
		if (side === "replica")
			await reconnect(
				run,
				session,
				(channel) => channel.receiver > 0 || wasCutOff(channel),
			);
		await session.look();
		return (await read(session))?.isOn === enabled
			? finding(
					"done",
					`switched the ${side} side of semi-sync ${word} on ${on}`,
				)
			: finding(
					"failed",
					`the ${side} side of semi-sync is not ${word} on ${on}`,
				);
	});
