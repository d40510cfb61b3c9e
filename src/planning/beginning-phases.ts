import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import { PHASES } from "./failover-progress.ts";
import { channelsToStop, type FailoverScene } from "./failover-scene.ts";
import { channelOf, stopReceiver } from "./moves.ts";
import { type Phase, type PlannedStep, phase } from "./plan.ts";
import { policyOf } from "./semi-sync-for.ts";

const close = (failed: Instance): Phase =>
	phase(
		PHASES.close,
		[
			{
				do: "close",
				on: failed.name,
				because: "it answers, and two servers must not take writes",
				...(failed.readOnly
					? {}
					: {
							undo: {
								do: "open",
								on: failed.name,
								semiSync: policyOf(failed),
							},
						}),
			},
		],
		"undo",
	);

/** A primary that still answers takes no writes from here on; one that took writes is opened again when nobody is promoted. */
export const closePhase = ({
	failed,
	isAlive,
	progress,
}: FailoverScene): readonly Phase[] =>
	!isAlive || progress.isClosed ? [] : [close(failed)];

/** It has come back, or was opened again, since the failover began. */
export const closeAgainPhase = ({
	failed,
	isAlive,
}: FailoverScene): readonly Phase[] =>
	isAlive && !failed.readOnly ? [close(failed)] : [];

/** While its receiver runs: with both threads stopped a change of the delay would throw away what it received. */
export const undelayPhase = (
	delayed: Instance | undefined,
): readonly Phase[] => {
	if (delayed === undefined) return [];
	const step = {
		do: "setDelay",
		on: delayed.name,
		channel: channelOf(delayed),
	} as const;
	return [
		phase(
			PHASES.undelay,
			[
				{
					...step,
					seconds: 0,
					undo: { ...step, seconds: delayed.replication.sqlDelaySeconds },
					because: "every possible candidate is delayed",
				},
			],
			"replan",
		),
	];
};

/** A step for each channel that may still receive; the second channels of servers that have several from one source come after the first. */
export const stopPhases = (scene: FailoverScene): readonly Phase[] => {
	const { failed, replicas, progress } = scene;
	const rounds: PlannedStep[][] = [];
	for (const replica of replicas.filter(isLastCheckValid))
		channelsToStop(replica, failed.name)
			.filter((channel) => !progress.isSettled(replica.name, channel))
			.forEach((channel, round) => {
				const step = stopReceiver(
					replica,
					channel,
					"nobody may acknowledge for the failed primary any more",
				);
				rounds[round] = [...(rounds[round] ?? []), step];
			});
	return rounds.map((steps) => phase(PHASES.stop, steps, "goOn"));
};
