import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import { closeAgainPhase } from "./beginning-phases.ts";
import type { FailoverChoice } from "./failover-choice.ts";
import { PHASES } from "./failover-progress.ts";
import type { FailoverScene } from "./failover-scene.ts";
import { hasUnapplied } from "./holdings.ts";
import { asFound, channelOf, move, moveForGood } from "./moves.ts";
import { type Phase, type PlannedStep, phase } from "./plan.ts";
import { fitPhase } from "./semi-sync-for.ts";
import { wasStoppedByHand } from "./stopped-by-hand.ts";

const applies = (
	instance: Instance,
	{ failed }: FailoverScene,
	because: string,
	of: readonly Instance[] = [],
): PlannedStep => ({
	do: "applyReceived",
	on: instance.name,
	channel: channelOf(instance),
	of: of.map((each) => each.name),
	inPlaceOf: failed.name,
	because,
});

/** The chosen one fetches what only another has. Its own relay log is applied first: a move would throw it away. */
const catchUpPhases = (
	{ chosen, giver }: FailoverChoice,
	scene: FailoverScene,
): readonly Phase[] => {
	const { failed, progress } = scene;
	if (giver === undefined) return [];
	const channel = channelOf(chosen);
	const part = (name: string, steps: readonly PlannedStep[]) =>
		phase(`${PHASES.catchUp}: ${name}`, steps, "replan");
	return [
		part("apply", [
			applies(giver, scene, `it has what ${chosen.name} lacks`),
			applies(chosen, scene, "before its source changes"),
		]),
		part("point", [
			move(
				chosen,
				giver,
				failed,
				`${giver.name} has what it lacks`,
				progress.wasStoppedBefore(chosen.name),
			),
		]),
		part("fetch", [
			applies(chosen, scene, `all that ${giver.name} received`, [giver]),
		]),
		part("stop", [
			{
				do: "stopReceiver",
				on: chosen.name,
				channel,
				because: "it has everything",
				undo: { do: "startReceiver", on: chosen.name, channel },
			},
		]),
	];
};

const applyPhase = (
	{ chosen, giver }: FailoverChoice,
	scene: FailoverScene,
): readonly Phase[] =>
	giver !== undefined || !hasUnapplied(chosen)
		? []
		: [
				phase(
					PHASES.apply,
					[
						applies(
							chosen,
							scene,
							"an acknowledgement vouches for the relay log only",
						),
					],
					"replan",
				),
			];

/**
 * What has nothing in its relay log moves while the new primary opens, since that one's first commit may wait for an
 * acknowledgement. The others keep their copy until it stands; so does one that a person had stopped, which could not be put back as
 * it was.
 */
const movesAtOnce = (
	replica: Instance,
	{ giver }: FailoverChoice,
	{ progress }: FailoverScene,
): boolean =>
	(!hasUnapplied(replica) || replica.name === giver?.name) &&
	!progress.wasStoppedBefore(replica.name);

const followSteps = (
	replicas: readonly Instance[],
	chosen: Instance,
	scene: FailoverScene,
): readonly PlannedStep[] =>
	replicas.map((each) =>
		moveForGood(
			each,
			chosen,
			"it follows the new primary",
			asFound(each, wasStoppedByHand(each, scene)),
		),
	);

/** The old primary needs the replication account when it returns, and where no replica is left only the new one knows it. */
const forget = (
	chosen: Instance,
	{ failed, replicas }: FailoverScene,
): PlannedStep => {
	const isAlone = !replicas.some(
		(each) => each.name !== chosen.name && isLastCheckValid(each),
	);
	return {
		do: "forgetSource",
		on: chosen.name,
		channel: channelOf(chosen),
		...(isAlone ? { keepsLoginFor: failed.name } : {}),
		because: "it is a primary now",
	};
};

export const followPhase = (
	replicas: readonly Instance[],
	chosen: Instance,
	scene: FailoverScene,
): readonly Phase[] => {
	const steps = [
		...followSteps(replicas, chosen, scene),
		...(scene.progress.hasForgotten ? [] : [forget(chosen, scene)]),
	];
	return steps.length === 0 ? [] : [phase(PHASES.follow, steps, "goOn")];
};

const changeOf = ({ failed }: FailoverScene, { chosen }: FailoverChoice) => ({
	changesPrimary: { from: failed.name, to: chosen.name, fence: true },
});

/** The hooks open the chosen one; everybody is pointed to it. */
const pointedPhases = (
	choice: FailoverChoice,
	scene: FailoverScene,
): readonly Phase[] => [
	phase(
		PHASES.promote,
		followSteps(choice.followers, choice.chosen, scene),
		"goOn",
		{ ...changeOf(scene, choice) },
	),
];

const openedPhases = (
	choice: FailoverChoice,
	scene: FailoverScene,
): readonly Phase[] => {
	const { chosen, followers, semiSync } = choice;
	const atOnce = followers.filter((each) => movesAtOnce(each, choice, scene));
	const open: PlannedStep = {
		do: "open",
		on: chosen.name,
		...(semiSync.policy === undefined ? {} : { semiSync: semiSync.policy }),
		...(scene.heir === undefined ? { inPlaceOf: scene.failed.name } : {}),
		because: `it takes the place of ${scene.failed.name}`,
	};
	return [
		phase(
			PHASES.promote,
			[
				open,
				...atOnce.map((each) =>
					move(each, chosen, scene.failed, "it follows the new primary"),
				),
			],
			"replan",
			{ noReturn: true, ...changeOf(scene, choice) },
		),
		...followPhase(
			followers.filter((each) => !atOnce.includes(each)),
			chosen,
			scene,
		),
		...fitPhase(chosen, semiSync.policy, scene.settings.mode),
	];
};

/** From the choice on. */
export const promotionPhases = (
	choice: FailoverChoice,
	scene: FailoverScene,
): readonly Phase[] => [
	...closeAgainPhase(scene),
	...catchUpPhases(choice, scene),
	...applyPhase(choice, scene),
	...(scene.settings.appliesPromotion
		? openedPhases(choice, scene)
		: pointedPhases(choice, scene)),
];
