import { canReplicateFrom } from "../topology/can-replicate.ts";
import {
	contains,
	familyOf,
	missing,
	received,
	union,
} from "../topology/gtid/gtid.ts";
import {
	type Instance,
	isLastCheckValid,
	sourceOf,
	unknownInstance,
} from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import {
	type Candidacy,
	chooseCandidate,
	type PromotionSettings,
} from "./candidate.ts";
import { expectedLoss, type Loss } from "./loss.ts";
import { asReadable, withoutUnreadable } from "./readable.ts";

/** Direct replicas of an instance in the snapshot. */
export const replicasIn = (
	snapshot: Snapshot,
	source: InstanceName,
): Instance[] => snapshot.instances.filter((each) => sourceOf(each) === source);

/** The instance as the snapshot has it, or as one of which nothing is known. */
export const failedIn = (snapshot: Snapshot, name: InstanceName): Instance => {
	const { host, port } = splitName(name);
	return findInstance(snapshot, name) ?? unknownInstance(host, port);
};

/** How a failover begins: what is fenced and whose receivers are stopped; nothing is promoted by it. */
export interface RecoveryStart {
	readonly go: boolean;
	/** Why it goes, or why not. */
	readonly says: string;
	/** Reachable replicas whose receivers are stopped before anyone is chosen. */
	readonly stop: readonly InstanceName[];
	/** Replicas that cannot be reached: they are left behind. */
	readonly unreachable: readonly InstanceName[];
	/** The primary answers (a person forces the failover): it is made read-only first. */
	readonly fence: boolean;
}

/**
 * @param stands whether the failure still shows in this very snapshot; a forced failover needs no failure
 */
export const startRecovery = (
	snapshot: Snapshot,
	failed: InstanceName,
	options: {
		readonly stands: boolean;
		readonly forced: boolean;
		readonly says: string;
	},
): RecoveryStart => {
	const replicas = replicasIn(snapshot, failed);
	const primary = findInstance(snapshot, failed);
	const alive = primary !== undefined && isLastCheckValid(primary);
	const stop = replicas.filter(isLastCheckValid).map((each) => each.name);
	const go = (options.stands || options.forced) && stop.length > 0;
	return {
		go,
		says: go
			? options.says
			: stop.length === 0
				? `no replica of ${failed} can be reached`
				: `the failure no longer stands: ${options.says}`,
		stop,
		unreachable: replicas
			.filter((each) => !isLastCheckValid(each))
			.map((each) => each.name),
		fence: alive,
	};
};

/** The promotion and what becomes of everybody else; made once no receiver runs any more. */
export interface Promotion {
	readonly candidacy: Candidacy;
	readonly promote: InstanceName | undefined;
	readonly catchUpFrom: InstanceName | undefined;
	/** All that the new primary will have received: nobody who holds more may be repointed to it. */
	readonly willHave: string;
	readonly repoint: readonly InstanceName[];
	readonly lost: readonly {
		readonly name: InstanceName;
		readonly reason: string;
	}[];
	readonly loss: Loss;
	/** Why nothing is promoted; empty otherwise. */
	readonly refusal: string;
}

const whyLost = (
	replica: Instance,
	chosen: Instance,
	willHave: string,
	settings: PromotionSettings,
): string | undefined => {
	if (!isLastCheckValid(replica))
		return `cannot be reached: ${replica.check.error}`;
	const family = familyOf(replica);
	if (!contains(family, willHave, received(replica)))
		return `it has transactions that ${chosen.name} lacks: ${missing(family, willHave, received(replica)).slice(0, 200)}`;
	const verdict = canReplicateFrom(replica, chosen, settings);
	return verdict.ok ? undefined : verdict.reason;
};

const receivedBy = (chosen: Instance, giver: Instance | undefined): string =>
	giver === undefined
		? received(chosen)
		: union(familyOf(chosen), received(chosen), received(giver));

/**
 * @param failed the dead primary as it was last seen
 * @param replicas its direct replicas as they are now, receivers stopped, the unreachable ones included
 * @param fallen candidates that failed on the way, as they were with their receivers stopped: nothing is asked of them any
 * more, but what they have received counts
 */
export const planPromotion = (
	failed: Instance,
	replicas: readonly Instance[],
	settings: PromotionSettings,
	requested?: InstanceName,
	fallen: readonly Instance[] = [],
): Promotion =>
	planAmong(
		withoutUnreadable(failed),
		replicas.map((each) => asReadable(failed, each)),
		settings,
		requested,
		fallen.map((each) => asReadable(failed, each)),
	);

const planAmong = (
	failed: Instance,
	replicas: readonly Instance[],
	settings: PromotionSettings,
	requested: InstanceName | undefined,
	fallen: readonly Instance[],
): Promotion => {
	const candidacy = chooseCandidate(failed, replicas, settings, requested);
	const chosen = replicas.find((each) => each.name === candidacy.chosen);
	const giver = replicas.find((each) => each.name === candidacy.catchUpFrom);
	const willHave = chosen === undefined ? "" : receivedBy(chosen, giver);
	const loss = expectedLoss(
		failed,
		[...replicas, ...fallen],
		chosen === undefined ? undefined : willHave,
	);
	const unsafe = settings.mode === "lossless" && !loss.nothingAcknowledged;
	if (chosen === undefined || unsafe)
		return {
			candidacy,
			promote: undefined,
			catchUpFrom: undefined,
			willHave: "",
			repoint: [],
			lost: [],
			loss,
			refusal:
				chosen === undefined
					? candidacy.refusal
					: `BatonMode is lossless, and acknowledged writes could be missing: ${loss.says}; to accept that, use force-master-failover or set BatonMode to available`,
		};
	const others = replicas.filter((each) => each.name !== chosen.name);
	const lost = [
		...others.flatMap((each) => {
			const reason = whyLost(each, chosen, willHave, settings);
			return reason === undefined ? [] : [{ name: each.name, reason }];
		}),
		...fallen.map(({ name }) => ({
			name,
			reason: "it failed on the way to its promotion",
		})),
	];
	const lostNames = new Set(lost.map((each) => each.name));
	return {
		candidacy,
		promote: chosen.name,
		catchUpFrom: candidacy.catchUpFrom,
		willHave,
		repoint: others
			.map((each) => each.name)
			.filter((name) => !lostNames.has(name)),
		lost,
		loss,
		refusal: "",
	};
};
