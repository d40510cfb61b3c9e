import {
	type Instance,
	isLastCheckValid,
	sourceOf,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { candidacyNotes, chooseCandidate } from "./candidate.ts";
import type { FailoverScene } from "./failover-scene.ts";
import { unionOfHoldings } from "./holdings.ts";
import { whyLeft } from "./left-behind.ts";
import { expectedLoss, type Loss } from "./loss.ts";
import type { LeftBehind } from "./plan.ts";
import { cannot } from "./privileges.ts";
import { asUnreached } from "./readable.ts";
import {
	LEFT_AS_IT_IS,
	type SemiSyncChoice,
	semiSyncFor,
} from "./semi-sync-for.ts";
import {
	isStoppedByHand,
	stoppedNotes,
	wasStoppedByHand,
} from "./stopped-by-hand.ts";

/** Who is promoted, and what becomes of everybody else. */
export interface FailoverChoice {
	readonly chosen: Instance;
	/** From whom the chosen one fetches first what it lacks. */
	readonly giver: Instance | undefined;
	readonly followers: readonly Instance[];
	readonly left: readonly LeftBehind[];
	readonly loss: Loss;
	readonly semiSync: SemiSyncChoice;
	readonly notes: readonly string[];
}

/** Nobody is promoted. */
export interface NoChoice {
	readonly refusal: string;
	readonly loss: Loss;
	readonly notes: readonly string[];
}

/** The servers that are brought along, and those that are not, with the reason. */
export const partsOf = (
	scene: FailoverScene,
	chosen: Instance,
	willHave: string,
): Pick<FailoverChoice, "followers" | "left"> => {
	const followers: Instance[] = [];
	const left: LeftBehind[] = [];
	for (const replica of scene.replicas) {
		if (replica.name === chosen.name) continue;
		const why = whyLeft(replica, chosen, willHave, scene);
		if (why === undefined) followers.push(replica);
		else left.push({ name: replica.name, ...why });
	}
	return { followers, left };
};

/** Those that will replicate from it: the followers, and its own replicas. */
const belowOf = (
	scene: FailoverScene,
	chosen: Instance,
	followers: readonly Instance[],
): readonly Instance[] => [
	...followers,
	...scene.snapshot.instances.filter(
		(each) => sourceOf(each) === chosen.name && !scene.replicas.includes(each),
	),
];

/** How semi-sync is set on the new primary; hooks that open it see to that themselves. */
export const semiSyncAt = (
	scene: FailoverScene,
	chosen: Instance,
	followers: readonly Instance[],
): SemiSyncChoice =>
	scene.settings.appliesPromotion
		? semiSyncFor(
				scene.failed,
				chosen,
				belowOf(scene, chosen, followers),
				scene.settings.mode,
			)
		: LEFT_AS_IT_IS;

/** What a person should know of the servers that have a part in it. */
export const partNotes = (
	chosen: Instance,
	followers: readonly Instance[],
): readonly string[] => [
	...followers
		.filter((each) => each.errantGtid !== "")
		.map(
			(each) =>
				`${each.name} is moved with its errant transactions: ${each.errantGtid.slice(0, 160)}`,
		),
	...[cannot(chosen, "forget")].filter((says) => says !== undefined),
];

const lossless = (loss: Loss): string =>
	`BatonMode is lossless, and acknowledged writes could be missing: ${loss.says}; to accept that, use force-master-failover or set BatonMode to available`;

/** Where the account may not stop a receiver, that is known before it is tried. */
const asItWillBe = (replica: Instance): Instance => {
	const says = cannot(replica, "point");
	return says === undefined ? replica : asUnreached(replica, says);
};

/** Those that have fallen are no candidates any more, and the reason why there is none. */
const nobody = (
	{ progress: { fallen }, standing }: FailoverScene,
	refusal: string,
): string => {
	if (fallen.size === 0) return refusal;
	const none = `could not be promoted: ${[...fallen].map(([name, says]) => `${name} (${says})`).join(", ")}`;
	return standing.length === 0
		? `each of its replicas ${none}`
		: `${refusal}; what was tried ${none}`;
};

/** Who was stopped by a person, or is held back. The failover itself stops everybody. */
const setAsideIn = (
	scene: FailoverScene,
	isFinal: boolean,
): readonly InstanceName[] => {
	const { fenced = [], receiving = [] } = scene.snapshot;
	const isStopped = (each: Instance): boolean =>
		isFinal
			? wasStoppedByHand(each, scene)
			: isStoppedByHand(each) && !receiving.some(({ on }) => on === each.name);
	return [
		...fenced,
		...scene.standing.filter(isStopped).map((each) => each.name),
	];
};

/**
 * @param isFinal the receivers are stopped, so that the picture is what it will be. Before that, only what cannot change any more
 * speaks against a promotion.
 */
export const chooseForFailover = (
	scene: FailoverScene,
	isFinal: boolean,
): FailoverChoice | NoChoice => {
	const { failed, replicas, standing, settings, requested } = scene;
	const all = scene.snapshot.instances;
	const asked = { ...settings, setAside: setAsideIn(scene, isFinal) };
	const candidacy = chooseCandidate(
		failed,
		standing,
		isFinal ? asked : { ...asked, refuseUnapplied: false },
		requested,
	);
	const notes = candidacyNotes(candidacy);
	const chosen = standing.find((each) => each.name === candidacy.chosen);
	if (chosen === undefined)
		return {
			refusal: nobody(scene, candidacy.refusal),
			loss: expectedLoss(failed, replicas, undefined, all),
			notes,
		};
	const giver = standing.find((each) => each.name === candidacy.catchUpFrom);
	const willHave = unionOfHoldings(
		isFinal
			? [chosen, ...(giver === undefined ? [] : [giver])]
			: standing.filter(isLastCheckValid),
		failed.name,
	);
	const successor = { instance: chosen, willHave };
	const loss = expectedLoss(failed, replicas, successor, all);
	const { followers, left } = partsOf(scene, chosen, willHave);
	const semiSync = semiSyncAt(
		scene,
		chosen,
		followers.filter((each) => !wasStoppedByHand(each, scene)),
	);
	const certain = isFinal
		? loss
		: expectedLoss(
				{ ...failed, executedGtid: "" },
				replicas.map(asItWillBe),
				successor,
				all,
			);
	const refusal =
		settings.mode === "lossless" && !certain.nothingAcknowledged
			? lossless(certain)
			: semiSync.refusal;
	if (refusal !== "") return { refusal, loss, notes };
	return {
		chosen,
		giver,
		followers,
		left,
		loss,
		semiSync,
		notes: [
			...notes,
			...semiSync.notes,
			...stoppedNotes(followers, chosen, scene),
			...partNotes(chosen, followers),
		],
	};
};

export const isChoice = (
	choice: FailoverChoice | NoChoice,
): choice is FailoverChoice => "chosen" in choice;
