/** What one replica says about its source. */
import type { Instance } from "../topology/instance.ts";

const CONNECTING_ERROR = /error .*connecting to (master|source)/is;

/** The receiver tries and fails to reach the source. */
export const isFailingToConnect = (instance: Instance): boolean => {
	const { receiver, applier, lastReceiverError } = instance.replication;
	return (
		receiver !== 1 && applier === 1 && CONNECTING_ERROR.test(lastReceiverError)
	);
};

/**
 * The receiver says "Yes" but has heard neither event nor heartbeat for several periods. Only a channel whose period is
 * known and whose silence is dated can say so.
 */
const isSilent = (instance: Instance, periods: number): boolean => {
	const { receiver, silentForMs, heartbeatPeriodSeconds } =
		instance.replication;
	return (
		receiver === 1 &&
		silentForMs !== null &&
		heartbeatPeriodSeconds > 0 &&
		heartbeatPeriodSeconds <= 5 &&
		silentForMs >= periods * heartbeatPeriodSeconds * 1000
	);
};

/** The receiver is connected and hears events or heartbeats: for this replica the source lives. */
export const hears = (instance: Instance, periods: number): boolean =>
	instance.replication.receiver === 1 && !isSilent(instance, periods);

/** It hears, and applies what it hears. */
export const isReplicating = (instance: Instance, periods: number): boolean =>
	instance.replication.applier === 1 && hears(instance, periods);

/**
 * Evidence that the source is gone: the receiver wants to run and cannot, or hears nothing. Rows of a store that another
 * program filled have the text of an error without its number.
 */
export const hasLostSource = (instance: Instance, periods: number): boolean => {
	const { receiver, lastReceiverErrno, lastReceiverError } =
		instance.replication;
	return (
		receiver === 2 ||
		(receiver === 0 && (lastReceiverErrno !== 0 || lastReceiverError !== "")) ||
		isSilent(instance, periods)
	);
};
