import { type Instance, isReplica } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import {
	asFound,
	channelOf,
	match,
	move,
	moveForGood,
	namesOf,
	wantsToReceive,
} from "./moves.ts";
import {
	type Phase,
	type PlannedStep,
	type PlanSettings,
	phase,
} from "./plan.ts";
import { fitPhase, policyOf } from "./semi-sync-for.ts";
import type { SemiSyncPolicy, Step } from "./step.ts";

/** A planned change of primary against which nothing speaks. */
export interface Switch {
	/** With its source side of semi-sync as it is now. */
	readonly primary: Instance;
	readonly designated: Instance;
	/** The other replicas of the primary that go along, by name. */
	readonly siblings: readonly Instance[];
	/** Replication is started on the old primary; otherwise it is pointed to the new one and left stopped. */
	readonly auto: boolean;
	readonly policy: SemiSyncPolicy | undefined;
	readonly mode: "available" | "lossless";
	/** Whether the replication account is tried first. */
	readonly checksLogin: boolean;
	readonly limits: Pick<PlanSettings, "catchUpMs" | "transactionsMs" | "gapMs">;
	/** What lets the old primary acknowledge, where it is to. */
	readonly acknowledging: readonly Phase[];
	/** The designated server replicates by file and position: the place of the old primary in its log is recorded when it is opened. */
	readonly isByPlace: boolean;
	/** How siblings go along whose place below it has to be found: only while the old primary still takes writes. */
	readonly placed: ReadonlyMap<InstanceName, PlannedStep>;
}

/**
 * Siblings that are moved ahead. With semi-sync the old primary must keep as many ackers as it waits for, the designated
 * server being one of them, or its commits would block.
 */
export const movedAhead = ({
	primary,
	designated,
	siblings,
}: Pick<
	Switch,
	"primary" | "designated" | "siblings"
>): readonly Instance[] => {
	if (!primary.semiSync.sourceEnabled) return siblings;
	const ackers = siblings.filter((each) => each.semiSync.replicaActive);
	const needed = Math.max(
		0,
		primary.semiSync.waitForReplicaCount -
			(designated.semiSync.replicaActive ? 1 : 0),
	);
	const staying = new Set(
		namesOf(ackers.slice(ackers.length - Math.min(needed, ackers.length))),
	);
	return siblings.filter((each) => !staying.has(each.name));
};

const aheadPhases = (
	ahead: readonly Instance[],
	the: Switch,
): readonly Phase[] => {
	const free = ahead.filter(({ name }) => !the.placed.has(name));
	return [
		...(free.length === 0
			? []
			: [
					phase(
						"move ahead",
						free.map((each) => ({
							...move(
								each,
								the.designated,
								the.primary,
								`while ${the.primary.name} still takes writes`,
								!wantsToReceive(each, channelOf(each)),
							),
							...asFound(each),
						})),
						"undo",
					),
				]),
		// One after the other: the designated server may have to rest for each.
		...ahead.flatMap(({ name }) => {
			const step = the.placed.get(name);
			return step === undefined
				? []
				: [phase(`move ${name} ahead`, [step], "undo")];
		}),
	];
};

/**
 * The step puts the old primary back by itself where it knows that nobody was opened. Where only a look at the new one could tell,
 * the old one is still closed, and clients have no primary at all.
 * Without GTIDs no look tells it.
 */
const undoOf = (the: Switch): { readonly undo?: Step } =>
	the.primary.readOnly || the.isByPlace
		? {}
		: {
				undo: {
					do: "open",
					on: the.primary.name,
					semiSync: policyOf(the.primary),
					unlessBehind: namesOf(movedAhead(the)),
				},
			};

const handOverPhase = (the: Switch): Phase =>
	phase(
		"hand over",
		[
			{
				do: "handOver",
				on: the.designated.name,
				from: the.primary.name,
				...(the.policy === undefined ? {} : { semiSync: the.policy }),
				...the.limits,
				...(the.isByPlace
					? { placedBy: { channel: channelOf(the.designated) } }
					: {}),
				because: `what is open after ${the.limits.transactionsMs / 1000} s is rolled back with its session; then clients wait, ${the.limits.gapMs / 1000} s at most`,
				...undoOf(the),
			},
		],
		"undo",
		{
			noReturn: true,
			changesPrimary: {
				from: the.primary.name,
				to: the.designated.name,
				fence: false,
			},
		},
	);

/**
 * Only the designated server may still know the replication account by then: it forgets its source when the old primary follows.
 * With siblings that know it too it need not wait.
 */
const forgetsAtOnce = ({ siblings }: Switch): boolean => siblings.length > 0;

const forgetting = (the: Switch): readonly PlannedStep[] =>
	isReplica(the.designated)
		? [
				{
					do: "forgetSource",
					on: the.designated.name,
					channel: channelOf(the.designated),
					...(forgetsAtOnce(the) ? {} : { keepsLoginFor: the.primary.name }),
					because: "it is the primary now",
				},
			]
		: [];

const endingSemiSync = ({ primary }: Switch): readonly PlannedStep[] =>
	primary.semiSync.available || primary.semiSync.sourceEnabled
		? [
				{
					do: "endSemiSync",
					on: primary.name,
					because: "nobody commits there any more",
				},
			]
		: [];

const tidyPhase = (the: Switch): readonly Phase[] => {
	const steps = [
		...(forgetsAtOnce(the) ? [] : forgetting(the)),
		...endingSemiSync(the),
	];
	return steps.length === 0 ? [] : [phase("tidy", steps, "goOn")];
};

/** Where both are on servers of their own, they are one phase. */
const settlePhases = (the: Switch): readonly Phase[] => {
	const fit = fitPhase(the.designated, the.policy, the.mode);
	const tidy = tidyPhase(the);
	const [one] = fit;
	const [other] = tidy;
	return one !== undefined && other !== undefined && forgetsAtOnce(the)
		? [{ ...one, steps: [...one.steps, ...other.steps] }]
		: [...fit, ...tidy];
};

const FOLLOWS = "the old primary becomes a replica";

const followStep = (the: Switch): PlannedStep =>
	the.isByPlace
		? match(
				the.primary,
				the.designated,
				undefined,
				{ way: "recorded" },
				FOLLOWS,
			)
		: moveForGood(
				the.primary,
				the.designated,
				FOLLOWS,
				the.auto ? {} : { leaveStopped: true },
			);

/** By file and position its channel is laid and seen to run before it is stopped. */
const stopAgainPhase = ({
	primary,
	auto,
	isByPlace,
}: Switch): readonly Phase[] =>
	isByPlace && !auto
		? [
				phase(
					"leave stopped",
					[
						{
							do: "stopReplication",
							on: primary.name,
							channel: channelOf(primary),
							because: "only graceful-master-takeover-auto lets it replicate",
						},
					],
					"goOn",
				),
			]
		: [];

/**
 * The credential is known before anything is touched; siblings are moved ahead while the old primary still takes writes; one step
 * blocks writes, lets the new primary apply the last of them and opens it.
 */
export const switchPhases = (the: Switch): readonly Phase[] => {
	const { primary, designated, siblings } = the;
	const ahead = movedAhead(the);
	const after = siblings.filter((each) => !ahead.includes(each));
	return [
		phase(
			"credential",
			[
				{
					do: "findCredential",
					on: designated.name,
					from: namesOf([designated, ...siblings]),
					...(the.checksLogin ? { logsInOn: designated.name } : {}),
					because: `${primary.name} will replicate with it`,
				},
			],
			"undo",
		),
		...the.acknowledging,
		...aheadPhases(ahead, the),
		handOverPhase(the),
		phase(
			"follow",
			[
				followStep(the),
				...after.map((each) =>
					moveForGood(
						each,
						designated,
						"it follows the new primary",
						asFound(each),
					),
				),
				...(forgetsAtOnce(the) ? forgetting(the) : []),
			],
			"goOn",
		),
		...stopAgainPhase(the),
		...settlePhases(the),
	];
};
