import { channelsOf } from "../topology/channels.ts";
import { type Instance, isDetached } from "../topology/instance.ts";
import type { FailoverScene } from "./failover-scene.ts";

// Receivers that a person has stopped go along with a change of primary, and are not started.

/** Nothing but a person, or an operation before, has stopped its receiver: it is not started. One that failed may well work below another source. */
export const isStoppedByHand = (instance: Instance): boolean => {
	const channel = channelsOf(instance)[0];
	return (
		channel !== undefined &&
		channel.receiver === 0 &&
		channel.lastReceiverErrno === 0
	);
};

/** Nobody would miss it otherwise. */
export const staysStopped = ({ name }: Instance, source: Instance): string =>
	`${name} goes below ${source.name} with its receiver stopped, as it was`;

/** Of a move that a person asks for by its name. */
export const startsThere = (
	instance: Instance,
	source: Instance,
): readonly string[] =>
	isStoppedByHand(instance)
		? [
				`the receiver of ${instance.name} is stopped${isDetached(instance) ? ", and its source is detached" : ""}: it is started below ${source.name}`,
			]
		: [];

/** It was stopped before the failover, which has stopped all of them, and not by an error. */
export const wasStoppedByHand = (
	replica: Instance,
	{ progress }: FailoverScene,
): boolean =>
	progress.wasStoppedBefore(replica.name) && isStoppedByHand(replica);

/** Whom a person had stopped goes along, and is not started. */
export const stoppedNotes = (
	replicas: readonly Instance[],
	chosen: Instance,
	scene: FailoverScene,
): readonly string[] =>
	replicas
		.filter((each) => wasStoppedByHand(each, scene))
		.map((each) => staysStopped(each, chosen));
