import { received } from "../topology/gtid/gtid.ts";
import type { Instance } from "../topology/instance.ts";
import { closePhase, stopPhases, undelayPhase } from "./beginning-phases.ts";
import { readiestNote } from "./choice-notes.ts";
import { toUndelay, undelayed } from "./delays.ts";
import {
	chooseForFailover,
	isChoice,
	type NoChoice,
	partNotes,
	partsOf,
	semiSyncAt,
} from "./failover-choice.ts";
import { whyNotFailOver } from "./failover-refusals.ts";
import { betterPlaced, planReplacement } from "./failover-replacement.ts";
import {
	type FailoverRequest,
	type FailoverScene,
	failoverScene,
} from "./failover-scene.ts";
import { failoverSays } from "./failover-text.ts";
import { afterPhases } from "./foresee.ts";
import { expectedLoss } from "./loss.ts";
import { failedIn } from "./members.ts";
import {
	type LeftBehind,
	type Phase,
	type Plan,
	type Planner,
	refused,
} from "./plan.ts";
import { followPhase, promotionPhases } from "./promotion-phases.ts";
import { fitPhase, isLowering } from "./semi-sync-for.ts";

const titleOf = (
	{ failed, request }: FailoverScene,
	promote?: Instance,
): string =>
	`failover of ${failed.name} (${request.analysis})${promote === undefined ? "" : `: promote ${promote.name}`}`;

const nobody = (scene: FailoverScene, { refusal, ...rest }: NoChoice): Plan =>
	refused(titleOf(scene), refusal, rest);

/** Whether a better placed server is to change places with the promoted one when these phases are through. */
const goesOn = (
	scene: FailoverScene,
	chosen: Instance,
	phases: readonly Phase[],
): Pick<Plan, "continues"> =>
	betterPlaced(scene, chosen, afterPhases(scene.snapshot, phases)) === undefined
		? {}
		: { continues: true };

/** Who is chosen is known when nobody receives any more. What could not be done is refused before anything is touched. */
const planBeginning = (scene: FailoverScene, stops: readonly Phase[]): Plan => {
	const { progress } = scene;
	const delayed = progress.stopped.length === 0 ? toUndelay(scene) : undefined;
	const choice = chooseForFailover(undelayed(scene, delayed), false);
	if (!isChoice(choice)) return nobody(scene, choice);
	const { chosen, loss, left, followers } = choice;
	return {
		title: titleOf(scene, chosen),
		loss,
		phases: [...closePhase(scene), ...undelayPhase(delayed), ...stops],
		continues: true,
		notes: choice.notes,
		successor: chosen.name,
		left,
		says: failoverSays(
			scene,
			chosen.name,
			followers,
			left,
			loss,
			choice.semiSync.notes,
		),
	};
};

const planPromotion = (scene: FailoverScene): Plan => {
	const choice = chooseForFailover(scene, true);
	if (!isChoice(choice)) return nobody(scene, choice);
	const { chosen, loss, left, followers, notes } = choice;
	const phases = promotionPhases(choice, scene);
	return {
		title: titleOf(scene, chosen),
		loss,
		phases,
		...goesOn(scene, chosen, phases),
		notes,
		successor: chosen.name,
		left,
		says: failoverSays(
			scene,
			chosen.name,
			followers,
			left,
			loss,
			choice.semiSync.notes,
		),
	};
};

/** Those that follow the opened server, those that are yet to be moved below it, and those that are not. */
const afterOpening = (scene: FailoverScene, opened: Instance) => {
	const { followed } = scene.progress;
	const { followers, left } = partsOf(
		{
			...scene,
			replicas: scene.replicas.filter((each) => !followed.has(each.name)),
		},
		opened,
		received(opened),
	);
	const failedMoves: LeftBehind[] = [...followed]
		.filter(([, { says }]) => says !== "")
		.map(([name, { says }]) => ({ name, reason: says }));
	return {
		pending: followers,
		following: scene.replicas.filter(
			({ name }) => followed.get(name)?.says === "",
		),
		left: [...left, ...failedMoves],
	};
};

/** From here it only goes forward: the rest follows, and then a better placed server may change places with the new primary. */
const planFollowing = (scene: FailoverScene, opened: Instance): Plan => {
	const { failed, replicas, progress } = scene;
	const { pending, following, left } = afterOpening(scene, opened);
	const loss = expectedLoss(
		failed,
		replicas,
		{
			instance: opened,
			willHave: received(opened),
			isFollowedBy: ({ name }) => progress.followed.has(name),
		},
		scene.snapshot.instances,
	);
	const phases = [
		...followPhase(pending, opened, scene),
		...(progress.isFitted
			? []
			: fitPhase(opened, progress.openedWith, scene.settings.mode)),
	];
	const all = [...following, ...pending];
	const lowered = semiSyncAt(scene, opened, all).notes;
	const plan: Plan = {
		title: titleOf(scene, opened),
		loss,
		phases,
		notes: [...lowered, ...partNotes(opened, all)],
		successor: opened.name,
		left,
		says: failoverSays(scene, opened.name, all, left, loss, lowered),
	};
	if (phases.length > 0) return { ...plan, ...goesOn(scene, opened, phases) };
	const better = betterPlaced(scene, opened, scene.snapshot);
	return better === undefined ? plan : replaced(scene, plan, opened, better);
};

const replaced = (
	scene: FailoverScene,
	plan: Plan,
	opened: Instance,
	better: Instance,
): Plan => {
	const swap = planReplacement(scene, opened, better);
	if (swap.refusal !== undefined) {
		const stays = `${better.name} is better placed than ${opened.name} and does not take its place: ${swap.refusal}`;
		return {
			...plan,
			notes: [...plan.notes, stays],
			says: `${plan.says}; ${stays}`,
		};
	}
	return {
		...plan,
		title: `${plan.title}, then ${better.name} in its place`,
		phases: swap.phases,
		notes: [
			...plan.notes,
			readiestNote(opened.name, better.name),
			...swap.notes,
		],
		successor: better.name,
		left: [...plan.left, ...swap.left],
		says: [
			`${better.name} is the new primary, in place of ${opened.name}, which was opened first; ${plan.says}`,
			...swap.notes.filter(isLowering),
		].join("; "),
	};
};

/**
 * The failover of a primary: nothing is promoted before every reachable replica has stopped receiving. It is
 * planned anew when they have, and whenever a candidate has failed on the way; a refusal then takes everything back.
 */
export const planFailover: Planner<FailoverRequest> = (situation) => {
	const scene = failoverScene(situation);
	const { opened } = scene.progress;
	if (opened !== undefined)
		return planFollowing(
			scene,
			scene.replicas.find((each) => each.name === opened) ??
				failedIn(scene.snapshot, opened),
		);
	const why = whyNotFailOver(scene);
	if (why !== undefined) return refused(titleOf(scene), why);
	const stops = stopPhases(scene);
	return stops.length === 0
		? planPromotion(scene)
		: planBeginning(scene, stops);
};
