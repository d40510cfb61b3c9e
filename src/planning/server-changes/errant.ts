import {
	channelsOf,
	channelsText,
	isMultiSource,
} from "../../topology/channels.ts";
import { missing } from "../../topology/gtid/gtid.ts";
import { eachGtid, gtidPieces } from "../../topology/gtid/pieces.ts";
import { type Instance, isLastCheckValid } from "../../topology/instance.ts";
import type { Snapshot } from "../../topology/snapshot.ts";
import { primaryOnRecord, replicasIn } from "../members.ts";
import { type Done, phase } from "../plan.ts";
import { isGood, type StepOf } from "../step.ts";
import {
	type ChangePlanner,
	type Proposed,
	type Scene,
	shown,
} from "./scene.ts";
import { stopStep } from "./threads.ts";

// Errant transactions: the server forgets them, or its cluster gets empty ones in their place. Their changes stay in its tables.

/** A plan travels through a history. */
const MOST_PIECES = 500;

/** Each is a commit on the primary. */
const MOST_INJECTED = 5_000;

/** Why it has nothing that could be mended. */
const notErrant = ({ instance }: Scene): string | undefined => {
	const { name } = instance;
	if (!instance.supportsOracleGtid)
		return `${name}: it has no GTIDs of MySQL${instance.flavor === "MariaDB" ? "; on MariaDB set gtid_slave_pos and the binary log's state by hand" : ""}`;
	if (isMultiSource(instance))
		return `${name}: it replicates by several channels, and which of its transactions are errant is not known: ${channelsText(instance)}`;
	return instance.errantGtid === ""
		? `${name}: it has no errant GTID`
		: undefined;
};

/** Why its binary logs must not go. */
const logsNeeded = ({ instance, snapshot }: Scene): string | undefined => {
	const { name } = instance;
	const replicas = replicasIn(snapshot, name);
	if (replicas.length > 0)
		return `${name}: it has replicas, which read its binary logs (${replicas.map((each) => each.name).join(", ")}); move them away first, or use gtid-errant-inject-empty`;
	if (instance.countedReplicas > 0)
		return `${name}: it sends its binary logs to ${instance.countedReplicas} clients that are not known; end them first`;
	return instance.group.name === ""
		? undefined
		: `${name}: it is a member of a replication group`;
};

const resetNotes = ({ name, errantGtid }: Instance): readonly string[] => [
	`the binary logs of ${name} are deleted: backups and whatever else reads them have to begin anew`,
	`what the errant transactions have changed stays in its tables, and differs from its source: ${shown(errantGtid)}`,
];

/** A lost session costs it nothing but another try. */
const MOST_TRIES = 3;

type Reset = StepOf<"resetBinaryLogs">;

const resetsIn = (done: readonly Done[]) =>
	done.flatMap(({ step, answer }) =>
		step.do === "resetBinaryLogs" ? [{ step, answer }] : [],
	);

/**
 * What the server is to count as applied, and what not. One whose reset was begun counts nothing, or nobody knows what: only that step
 * knows what it had.
 * @returns a sentence where it is not to be done, or not once more
 */
const partsOf = (scene: Scene): Pick<Reset, "keeps" | "errant"> | string => {
	const { instance, done } = scene;
	const resets = resetsIn(done);
	const last = resets.at(-1);
	if (last !== undefined) {
		if (resets.every(({ answer }) => answer.effect === "unchanged"))
			return last.answer.says;
		return resets.length < MOST_TRIES
			? last.step
			: `${last.answer.says}; ${instance.name} may not know any more that it has applied ${shown(last.step.keeps.join(","))}: add it to its gtid_purged before it replicates`;
	}
	const refusal = (why: string) =>
		`gtid-errant-reset-master will not operate on ${why}`;
	const why = notErrant(scene) ?? logsNeeded(scene);
	if (why !== undefined) return refusal(why);
	const errant = gtidPieces(instance.errantGtid);
	const keeps = gtidPieces(
		missing("mysql", instance.errantGtid, instance.executedGtid),
	);
	return keeps.length + errant.length > MOST_PIECES
		? refusal(
				`${instance.name}: its set of GTIDs has more than ${MOST_PIECES} intervals; do it by hand`,
			)
		: { keeps, errant };
};

export const planErrantReset: ChangePlanner = (scene): Proposed | string => {
	const { instance, done } = scene;
	const { name: on } = instance;
	const parts = partsOf(scene);
	if (typeof parts === "string") return parts;
	const { keeps, errant } = parts;
	const [channel] = channelsOf(instance);
	const stopped = done.find(({ step }) => step.do === "stopReplication");
	const run = {
		do: "runReplication",
		on,
		channel: channel?.channel ?? "",
		holds: keeps,
	} as const;
	const rest = {
		notes: resetNotes(instance),
		says: `${on} has forgotten its errant transactions`,
	};
	if (channel !== undefined && stopped === undefined) {
		const { undo, ...stop } = stopStep(
			instance,
			channel,
			"what it has applied shall stand still",
		);
		return {
			...rest,
			// What it has applied by then is known only then.
			phases: [
				phase(
					"stop",
					[undo === undefined ? stop : { ...stop, undo: run }],
					"undo",
				),
			],
			continues: true,
		};
	}
	const ran =
		stopped !== undefined &&
		isGood(stopped.answer) &&
		stopped.answer.outcome === "done";
	return {
		...rest,
		phases: [
			phase(
				"reset",
				[
					{
						do: "resetBinaryLogs",
						on,
						keeps,
						errant,
						because: "it shall know those transactions no more",
					},
				],
				"replan",
			),
			...(ran
				? [phase("start", [{ ...run, because: "it ran before" }], "undo")]
				: []),
		],
	};
};

/** Who commits the empty transactions, or why nobody does. */
const injector = (snapshot: Snapshot): Instance | string => {
	const name = primaryOnRecord(snapshot);
	const primary = snapshot.instances.find((each) => each.name === name);
	if (primary === undefined || !isLastCheckValid(primary))
		return `the primary ${name} cannot be reached`;
	if (primary.readOnly) return `the primary ${name} is read-only`;
	return primary.supportsOracleGtid && primary.logBin
		? primary
		: `the primary ${name} writes no binary log with GTIDs`;
};

export const planErrantInject: ChangePlanner = (scene): Proposed | string => {
	const { instance, snapshot } = scene;
	const refusal = (why: string) =>
		`gtid-errant-inject-empty will not operate on ${why}`;
	const why = notErrant(scene);
	if (why !== undefined) return refusal(why);
	const on = injector(snapshot);
	if (typeof on === "string") return refusal(`${instance.name}: ${on}`);
	const all = eachGtid(instance.errantGtid, MOST_INJECTED);
	const gtids = gtidPieces(instance.errantGtid);
	if (all === undefined || gtids.length > MOST_PIECES)
		return refusal(
			`${instance.name}: it has more than ${MOST_INJECTED} errant transactions, or they are too scattered; use gtid-errant-reset-master`,
		);
	return {
		phases: [
			phase(
				"inject",
				[
					{
						do: "injectEmpty",
						on: on.name,
						gtids,
						because: `${instance.name} has them, and its cluster has not`,
					},
				],
				"undo",
			),
		],
		notes: [
			`what the errant transactions have changed stays in the tables of ${instance.name} alone: ${shown(instance.errantGtid)}`,
		],
		says: `${all.length === 1 ? "1 empty transaction was" : `${all.length} empty transactions were`} committed on ${on.name} for the errant ones of ${instance.name}`,
	};
};
