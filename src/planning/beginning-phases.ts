import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import { PHASES } from "./failover-progress.ts";
import { channelsToStop, type FailoverScene } from "./failover-scene.ts";
import { channelOf, stopReceiver } from "./moves.ts";
import { type Phase, type PlannedStep, phase } from "./plan.ts";
import { policyOf } from "./semi-sync-for.ts";

/** Beside a server that an operation has opened it must not be opened again, whatever becomes of this one. */
const close = ({ failed, heir }: FailoverScene): Phase =>
	phase(
		PHASES.close,
		[
			{
				do: "close",
				on: failed.name,
				because: "it answers, and two servers must not take writes",
				...(failed.readOnly || heir !== undefined
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
export const closePhase = (scene: FailoverScene): readonly Phase[] =>
	!scene.isAlive || scene.progress.isClosed ? [] : [close(scene)];

/** It has come back, or was opened again, since the failover began. */
export const closeAgainPhase = (scene: FailoverScene): readonly Phase[] =>
	scene.isAlive && !scene.failed.readOnly ? [close(scene)] : [];

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
