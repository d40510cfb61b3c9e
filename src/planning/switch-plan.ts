import {
	type Instance,
	isLastCheckValid,
	sourceOf,
	usesGtid,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { acknowledgePhases, isToAcknowledge } from "./acknowledging.ts";
import { partNotes } from "./failover-choice.ts";
import { replicasIn, underMaintenance } from "./members.ts";
import { asFound, channelOf, wantsToReceive } from "./moves.ts";
import {
	type LeftBehind,
	NOTHING_LOST,
	type Plan,
	type PlannedStep,
	type PlanSettings,
	refused,
} from "./plan.ts";
import { cannot } from "./privileges.ts";
import { methodOf } from "./relocation-method.ts";
import { semiSyncFor } from "./semi-sync-for.ts";
import { isStoppedByHand, staysStopped } from "./stopped-by-hand.ts";
import { cannotFollow, cannotStandDown, notFit } from "./switch-checks.ts";
import { movedAhead, switchPhases } from "./switch-phases.ts";

/** What there is of a takeover to a server, or why it does not go. */
interface SwitchRequest {
	readonly snapshot: Snapshot;
	readonly settings: PlanSettings;
	readonly primary: Instance;
	readonly designated: Instance;
	readonly auto: boolean;
	/** How semi-sync was on the primary that clients know; with {@link primary} the same server in a takeover. */
	readonly model: Instance;
}

const siblingsOf = ({ snapshot, primary, designated }: SwitchRequest) => {
	const downtimed = new Set(snapshot.downtimes.map((each) => each.instance));
	const others = replicasIn(snapshot, primary.name).filter(
		(each) => each.name !== designated.name,
	);
	const left: LeftBehind[] = others
		.filter((each) => downtimed.has(each.name))
		.map(({ name }) => ({
			name,
			reason: `it is downtimed, and stays below ${primary.name}`,
			isExpected: true,
		}));
	return { siblings: others.filter((each) => !downtimed.has(each.name)), left };
};

const receives = (each: Instance): boolean =>
	wantsToReceive(each, channelOf(each));

/** What a person, or an operation before this one, has stopped is not started; nobody would miss it otherwise. */
const leftStopped = (
	{ instances }: Snapshot,
	designated: Instance,
	siblings: readonly Instance[],
): readonly string[] => [
	...instances
		.filter(
			(each) =>
				isLastCheckValid(each) &&
				sourceOf(each) === designated.name &&
				each.replication.receiver === 0,
		)
		.map(
			({ name }) =>
				`${name} is below ${designated.name} and its receiver is stopped: it stays so`,
		),
	...siblings
		.filter(isStoppedByHand)
		.map((each) => staysStopped(each, designated)),
];

/** As it will be when it follows. */
const acknowledges = (primary: Instance, settings: PlanSettings): Instance =>
	isToAcknowledge(primary, settings)
		? { ...primary, semiSync: { ...primary.semiSync, replicaEnabled: true } }
		: primary;

const placeNotes = ({
	primary,
	designated,
}: SwitchRequest): readonly string[] =>
	usesGtid(designated)
		? []
		: [
				`${designated.name} replicates by file and position: it is waited for by the place that it has come to, and ${primary.name} goes on below it where that stands then. Whether it has transactions of its own nobody can tell`,
			];

/** MySQL holds up everybody by super_read_only. */
const whoMayWrite = ({ name, flavor }: Instance): readonly string[] =>
	flavor === "MariaDB"
		? [
				`${name} has no super_read_only: as a replica it takes what accounts with READ ONLY ADMIN (or SUPER) write to it`,
			]
		: [];

/** What siblings there are, how those go along whose place has to be found, and what is in the way. */
interface Followers {
	readonly placed: ReadonlyMap<InstanceName, PlannedStep>;
	readonly notes: readonly string[];
	readonly refusal?: string;
}

const followersOf = (
	{ snapshot, settings, designated }: SwitchRequest,
	siblings: readonly Instance[],
): Followers => {
	const placed = new Map<InstanceName, PlannedStep>();
	const notes: string[] = [];
	for (const each of siblings) {
		if (usesGtid(each) && usesGtid(designated)) {
			const why = cannotFollow(each, designated, settings);
			if (why !== undefined) return { placed, notes, refusal: why };
			continue;
		}
		const method = methodOf("any", snapshot, each, designated, settings);
		if ("refusal" in method) return { placed, notes, refusal: method.refusal };
		placed.set(each.name, { ...method.step, ...asFound(each) });
		notes.push(...method.notes);
	}
	return { placed, notes };
};

/** Why somebody cannot stay until the switch is over; undefined where nobody has to. */
const tooLate = (
	{ primary, designated }: SwitchRequest,
	siblings: readonly Instance[],
	{ placed }: Followers,
): string | undefined => {
	const ahead = new Set(
		movedAhead({ primary, designated, siblings }).map(({ name }) => name),
	);
	const late = siblings.find(
		({ name }) => placed.has(name) && !ahead.has(name),
	);
	return late === undefined
		? undefined
		: `${late.name} goes by file and position, which it can only while ${primary.name} takes writes, and ${primary.name} waits for its acknowledgements until then: lower the count that it waits for`;
};

/** The plan of a change of primary to a server that was chosen, or its refusal. */
export const planSwitch = (request: SwitchRequest): Plan => {
	const { snapshot, settings, primary, designated, auto, model } = request;
	const title = `takeover of ${primary.name}: promote ${designated.name}`;
	const { siblings, left } = siblingsOf(request);
	const followers = followersOf(request, siblings);
	const stuck = followers.refusal ?? tooLate(request, siblings, followers);
	const semiSync = semiSyncFor(
		model,
		designated,
		[
			...siblings.filter(receives),
			...(auto ? [acknowledges(primary, settings)] : []),
			...snapshot.instances.filter(
				(each) => sourceOf(each) === designated.name && receives(each),
			),
		],
		settings.mode,
	);
	const why =
		underMaintenance(snapshot, [primary, designated, ...siblings]) ??
		notFit(designated, primary, settings) ??
		cannotStandDown(primary) ??
		(stuck === undefined
			? undefined
			: `${stuck}; downtime it to leave it behind`) ??
		(semiSync.refusal === "" ? undefined : semiSync.refusal);
	if (why !== undefined) return refused(title, why);
	const ends = cannot(primary, "end");
	return {
		title,
		loss: NOTHING_LOST,
		phases: switchPhases({
			primary,
			designated,
			siblings,
			auto,
			policy: semiSync.policy,
			mode: settings.mode,
			checksLogin: settings.checksLogin,
			acknowledging: auto ? acknowledgePhases(primary, settings, "undo") : [],
			isByPlace: !usesGtid(designated),
			placed: followers.placed,
			limits: {
				catchUpMs: settings.catchUpMs,
				transactionsMs: settings.transactionsMs,
				gapMs: settings.gapMs,
			},
		}),
		notes: [
			...semiSync.notes,
			...followers.notes,
			...placeNotes(request),
			...partNotes(designated, siblings),
			...whoMayWrite(primary),
			...leftStopped(snapshot, designated, siblings),
			...(ends === undefined ? [] : [ends]),
		],
		successor: designated.name,
		left,
		says: [
			`${designated.name} is the new primary in place of ${primary.name}`,
			...semiSync.notes,
		].join("; "),
	};
};
