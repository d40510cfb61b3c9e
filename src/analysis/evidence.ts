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
 * In how many milliseconds after it was seen a connected receiver that goes on hearing nothing is silent for so many periods; undefined
 * where its period is not known, or its silence not dated.
 */
export const silentIn = (
	{ replication }: Instance,
	periods: number,
): number | undefined => {
	const { receiver, silentForMs, heartbeatPeriodSeconds } = replication;
	return receiver === 1 &&
		silentForMs !== null &&
		heartbeatPeriodSeconds > 0 &&
		heartbeatPeriodSeconds <= 5
		? periods * heartbeatPeriodSeconds * 1000 - silentForMs
		: undefined;
};

/** The receiver says "Yes" but has heard neither event nor heartbeat for several periods. */
const isSilent = (instance: Instance, periods: number): boolean =>
	(silentIn(instance, periods) ?? 1) <= 0;

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
