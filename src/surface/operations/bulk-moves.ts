import type { Json } from "../../compat/json/go-json.ts";
import { nameJson } from "../../compat/json/values.ts";
import { belowLine } from "../../compat/text/lines.ts";
import type { OutcomeOf, RequestOf } from "../../planning/operation.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { Argument } from "../argument.ts";
import {
	BELOW,
	BELOW_IF_GIVEN,
	INSTANCE,
	NOT_NAMED,
} from "../arguments/instances.ts";
import { NO_PATTERN, PATTERN } from "../arguments/words.ts";
import type { Category } from "../category.ts";
import { type Ended, operation } from "../operation.ts";
import { instanceAnew, instancesAnew } from "./moved-instances.ts";

type Outcome = OutcomeOf<"moves">;

interface BulkRow {
	readonly category: Category;
	readonly says: string;
	readonly help: string;
	/** Where they are to go; undefined where the way says it. */
	readonly below?: Argument<InstanceName | undefined>;
	readonly pattern?: Argument<string | undefined>;
	readonly routes: readonly string[];
	readonly isApiOnly?: true;
	readonly way: RequestOf<"moves">["way"];
	readonly lines: (outcome: Outcome) => readonly string[];
	readonly message: (outcome: Outcome) => string;
	readonly json: (
		ended: Pick<Ended<"moves", unknown, unknown>, "outcome" | "context">,
	) => Promise<Json> | Json;
	readonly isAllOrNothing?: true;
}

const bulk = (name: string, row: BulkRow) => {
	const {
		way,
		below: target = NOT_NAMED,
		pattern: filter = NO_PATTERN,
		lines,
		message,
		json,
		isAllOrNothing,
		...described
	} = row;
	return operation(name, {
		...described,
		kind: "moves",
		takes: { below: target, instance: INSTANCE, pattern: filter },
		mustBeKnown: ({ instance, below }) => [
			instance,
			...(below === undefined ? [] : [below]),
		],
		request: ({ instance, below, pattern }) => ({
			instance,
			way,
			...(below === undefined ? {} : { below }),
			...(pattern === undefined ? {} : { pattern }),
		}),
		tells: {
			lines,
			message,
			json,
			failed: () => null,
			...(isAllOrNothing === true ? { isAllOrNothing } : {}),
		},
	});
};

const each = ({ moved }: Outcome): readonly string[] => moved;

const movedJson: BulkRow["json"] = ({ outcome, context }) =>
	instancesAnew(context, outcome.moved);

const ownJson: BulkRow["json"] = ({ outcome, context }) =>
	instanceAnew(context, outcome.instance);

const placeJson: BulkRow["json"] = ({ outcome: { below } }) =>
	below === "" ? null : nameJson(below);

const leftText = ({ left }: Outcome): string =>
	`${left.length} errors${left.length === 0 ? "" : `: ${left.map(({ name, reason }) => `${name}: ${reason}`).join("; ")}`}`;

/** The reference's counters, of which those of its other methods are 0. */
const byAnyMethod = ({ moved, left }: Outcome): string =>
	`lost: ${left.length}, trivial: 0, pseudo-gtid: ${moved.length}`;

const byGtid = ({ moved, left }: Outcome): string =>
	`lost: ${left.length}, moved: ${moved.length}`;

const ALL_OR_FAILED =
	"Where one of them cannot be moved it fails and prints none; the others stand there all the same.";

const allOrNone = ({ left, moved }: Outcome): readonly string[] =>
	left.length === 0 ? moved : [];

const matchedText = (outcome: Outcome): string =>
	`Matched ${outcome.moved.length} replicas of ${outcome.instance} below ${outcome.below}; ${leftText(outcome)}`;

/** One alone is not chosen. */
const wasChosen = ({ moved, left }: Outcome): boolean =>
	moved.length + left.length > 0;

const CANNOT =
	"What cannot be moved stays where it is, and the reason is told.";

/** Several replicas change their source, beside each other: MaxConcurrentReplicaOperations at once. */
export const BULK_MOVES = [
	bulk("relocate-replicas", {
		category: "Smart relocation",
		says: "Move the replicas of a server below another one",
		help: `Moves the replicas of the server in -i, or those that -pattern finds, below the server in -d, and prints those that were moved. The server in -i need not be alive. ${CANNOT}`,
		below: BELOW,
		pattern: PATTERN,
		routes: ["relocate-slaves/:host/:port/:belowHost/:belowPort"],
		way: "replicas",
		lines: each,
		message: (outcome) =>
			`Relocated ${outcome.moved.length} replicas of ${outcome.instance} below ${outcome.below}; ${leftText(outcome)}`,
		json: movedJson,
	}),
	bulk("take-siblings", {
		category: "Smart relocation",
		says: "Move all siblings of a replica below it",
		help: `Moves the other replicas of its source below the replica in -i, and prints that. ${CANNOT}`,
		routes: ["enslave-siblings/:host/:port"],
		way: "siblings",
		lines: ({ successful, instance }) => (successful ? [instance] : []),
		message: (outcome) =>
			`Took ${outcome.moved.length} siblings of ${outcome.instance}; ${leftText(outcome)}`,
		json: ownJson,
	}),
	bulk("regroup-replicas", {
		category: "Smart relocation",
		says: "Move the replicas of a server below the best of them",
		help: `Chooses the replica of the server in -i that would be promoted in its place, moves the others below it, and prints it with the counts. That one stays where it is. ${CANNOT}`,
		routes: ["regroup-slaves/:host/:port"],
		way: "regroup",
		lines: (outcome) =>
			outcome.successful
				? [
						...(wasChosen(outcome) ? [outcome.below] : []),
						`${outcome.below} ${byAnyMethod(outcome)}`,
					]
				: [],
		message: (outcome) =>
			`promoted replica: ${outcome.below}, ${byAnyMethod(outcome)}`,
		json: placeJson,
	}),
	bulk("move-up-replicas", {
		category: "Classic file:pos relocation",
		says: "Move the replicas of a server one level up",
		help: `Moves the replicas of the server in -i, or those that -pattern finds, below its source, and prints those that were moved. ${CANNOT}`,
		pattern: PATTERN,
		routes: ["move-up-slaves/:host/:port"],
		way: "up",
		lines: each,
		message: (outcome) =>
			`Moved up ${outcome.moved.length} replicas of ${outcome.instance} below ${outcome.below}; ${leftText(outcome)}`,
		json: movedJson,
	}),
	bulk("repoint-replicas", {
		category: "Classic file:pos relocation",
		says: "Lay the channels of a server's replicas anew",
		help: `Points the replicas of the server in -i, or those that -pattern finds, to the server in -d, else to the one in -i again, and prints replica<source with the one in -i. What they have received and not applied is fetched again. ${CANNOT}`,
		below: BELOW_IF_GIVEN,
		pattern: PATTERN,
		routes: ["repoint-slaves/:host/:port"],
		way: "repoint",
		lines: ({ moved, instance }) =>
			moved.map((name) => belowLine(name, instance)),
		message: (outcome) =>
			`Repointed ${outcome.moved.length} replicas of ${outcome.instance}; ${leftText(outcome)}`,
		json: movedJson,
	}),
	bulk("move-replicas-gtid", {
		category: "GTID relocation",
		says: "Move all replicas of a server below another one by GTID",
		help: `Moves the replicas of the server in -i, or those that -pattern finds, below the server in -d, and prints them. ${ALL_OR_FAILED}`,
		below: BELOW,
		pattern: PATTERN,
		routes: ["move-slaves-gtid/:host/:port/:belowHost/:belowPort"],
		way: "gtid",
		lines: allOrNone,
		message: (outcome) =>
			`Moved ${outcome.moved.length} replicas of ${outcome.instance} below ${outcome.below} via GTID; ${leftText(outcome)}`,
		json: placeJson,
		isAllOrNothing: true,
	}),
	bulk("regroup-replicas-gtid", {
		category: "GTID relocation",
		says: "Move the replicas of a server below the best of them by GTID",
		help: `As regroup-replicas, with the counts of a regrouping by GTID. ${CANNOT}`,
		routes: ["regroup-slaves-gtid/:host/:port"],
		way: "regroupGtid",
		lines: (outcome) =>
			outcome.successful
				? [outcome.below, `${outcome.below} ${byGtid(outcome)}`]
				: [],
		message: (outcome) =>
			`promoted replica: ${outcome.below}, ${byGtid(outcome)}`,
		json: placeJson,
	}),
	bulk("regroup-replicas-bls", {
		category: "Classic file:pos relocation",
		says: "Move the binlog servers below a server below the best of them",
		help: `Chooses the binlog server below the server in -i that has most of its logs, points the other ones to it at the places that they have reached, and prints it. Refused where there is none that can be reached. ${CANNOT}`,
		routes: ["regroup-slaves-bls/:host/:port"],
		way: "regroupBls",
		lines: (outcome) => (outcome.successful ? [outcome.below] : []),
		message: (outcome) =>
			`promoted binlog server: ${outcome.below}; ${leftText(outcome)}`,
		json: placeJson,
	}),
	bulk("match-replicas", {
		category: "Pseudo-GTID relocation",
		says: "Move all replicas of a server below another one by Pseudo-GTID",
		help: `Moves the replicas of the server in -i, or those that -pattern finds, below the server in -d, as match does, and prints them. ${ALL_OR_FAILED}`,
		below: BELOW,
		pattern: PATTERN,
		routes: ["match-slaves/:host/:port/:belowHost/:belowPort"],
		way: "match",
		lines: allOrNone,
		message: matchedText,
		json: placeJson,
		isAllOrNothing: true,
	}),
	bulk("match-up-replicas", {
		category: "Pseudo-GTID relocation",
		says: "Move the replicas of a server one level up by Pseudo-GTID",
		help: `Moves the replicas of the server in -i, or those that -pattern finds, below its source, as match does, and prints them. ${ALL_OR_FAILED}`,
		pattern: PATTERN,
		routes: ["match-up-slaves/:host/:port"],
		way: "matchUp",
		lines: allOrNone,
		message: matchedText,
		json: placeJson,
		isAllOrNothing: true,
	}),
	bulk("regroup-replicas-pgtid", {
		category: "Pseudo-GTID relocation",
		says: "Move the replicas of a server below the best of them by Pseudo-GTID",
		help: `As regroup-replicas, for replicas without GTID: the others go below the best as match does. ${CANNOT}`,
		routes: ["regroup-slaves-pgtid/:host/:port"],
		way: "regroupMatch",
		lines: (outcome) =>
			outcome.successful
				? [outcome.below, `${outcome.below} ${byAnyMethod(outcome)}`]
				: [],
		message: (outcome) =>
			`promoted replica: ${outcome.below}, ${byAnyMethod(outcome)}`,
		json: placeJson,
	}),
	bulk("make-local-master", {
		category: "Smart relocation",
		says: "Move a replica up, and its siblings below it",
		help: `Moves the replica below the source of its source, whether that one lives or not, and the other replicas of that one below it. By file and position, without GTID or Pseudo-GTID, its source must live. ${CANNOT}`,
		routes: ["make-local-master/:host/:port"],
		isApiOnly: true,
		way: "local",
		lines: ({ successful, instance }) => (successful ? [instance] : []),
		message: (outcome) =>
			`Instance ${outcome.instance} now made local master, of ${outcome.moved.length} siblings; ${leftText(outcome)}`,
		json: ownJson,
	}),
];
