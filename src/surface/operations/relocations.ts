import { belowLine } from "../../compat/text/lines.ts";
import type { OutcomeOf, RequestOf } from "../../planning/operation.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { Argument } from "../argument.ts";
import {
	BELOW,
	BELOW_OR_OWN_SOURCE,
	INSTANCE,
	NOT_NAMED,
	SIBLING,
} from "../arguments/instances.ts";
import type { Category } from "../category.ts";
import { operation } from "../operation.ts";
import { instanceAnew } from "./moved-instances.ts";

type Way = NonNullable<RequestOf<"relocation">["way"]>;

const relocation = (
	name: string,
	row: {
		readonly category: Category;
		readonly says: string;
		readonly help: string;
		/** Where it is to go; undefined where the way says it. */
		readonly below: Argument<InstanceName | undefined>;
		readonly routes: readonly string[];
		readonly way?: Way;
		readonly message: (outcome: OutcomeOf<"relocation">) => string;
	},
) => {
	const { way, message, below: destination, ...described } = row;
	return operation(name, {
		...described,
		kind: "relocation",
		takes: { below: destination, instance: INSTANCE },
		mustBeKnown: ({ instance, below }) => [
			instance,
			...(below === undefined ? [] : [below]),
		],
		request: ({ instance, below }) => ({
			instance,
			...(below === undefined ? {} : { below }),
			...(way === undefined ? {} : { way }),
		}),
		tells: {
			lines: ({ successful, instance, below }) =>
				successful && below !== "" ? [belowLine(instance, below)] : [],
			message,
			json: ({ outcome: { instance }, context }) =>
				instanceAnew(context, instance),
			failed: () => null,
		},
	});
};

const relocate = (name: string, says: string) =>
	relocation(name, {
		category: "Smart relocation",
		says,
		help: "Moves the replica in -i below the server in -d, with all that replicates from it, by GTID, by Pseudo-GTID where it is configured, or by file and position, in several moves where it takes them, and prints replica<source.",
		below: BELOW,
		routes: [`${name}/:host/:port/:belowHost/:belowPort`],
		message: ({ instance, below }) =>
			`Instance ${instance} relocated below ${below}`,
	});

const UNMATCHED =
	"Where no entry is found, or the logs differ, the replica stays where it is; so does one that replicates by GTID.";

const matchedText = ({ instance, below }: OutcomeOf<"relocation">): string =>
	`Instance ${instance} matched below ${below}`;

/** One replica changes its source. */
export const RELOCATIONS = [
	relocate("relocate", "Move a replica below another server"),
	relocate("relocate-below", "Older name of relocate"),
	relocation("move-up", {
		category: "Classic file:pos relocation",
		says: "Move a replica one level up the topology",
		help: "Moves the replica in -i below the source of its source, whose sibling it was below, and prints replica<source. Without GTID it is brought to where its source stands, whose applier stops for a moment. Refused where its source is no replica.",
		below: NOT_NAMED,
		routes: ["move-up/:host/:port"],
		way: "up",
		message: ({ instance, below }) =>
			`Instance ${instance} moved up, below ${below}`,
	}),
	relocation("move-below", {
		category: "Classic file:pos relocation",
		says: "Move a replica below one of its siblings",
		help: "Moves the replica in -i below the one in -d, and prints replica<source. Without GTID it is brought to where its sibling stands, whose applier stops for a moment. Refused unless both replicate from one source; relocate asks for nothing of the kind.",
		below: SIBLING,
		routes: ["move-below/:host/:port/:siblingHost/:siblingPort"],
		way: "siblings",
		message: ({ instance, below }) =>
			`Instance ${instance} moved below ${below}`,
	}),
	relocation("move-equivalent", {
		category: "Classic file:pos relocation",
		says: "Move a replica below another server to an equivalent place",
		help: "Moves the replica in -i below the server in -d, to the place in its binary logs that was recorded, at an earlier move, as the one that the replica has reached, and prints replica<source. Refused where none is recorded, which is so as soon as the replica gets on, and for replicas by GTID.",
		below: BELOW,
		routes: ["move-equivalent/:host/:port/:belowHost/:belowPort"],
		way: "equivalent",
		message: ({ instance, below }) =>
			`Instance ${instance} relocated via equivalence coordinates below ${below}`,
	}),
	relocation("repoint", {
		category: "Classic file:pos relocation",
		says: "Lay a replica's channel anew",
		help: "Points the replica in -i to the server in -d, else to its own source, and prints replica<source. Its channel is laid anew also where it has that source already: what it has received and not applied is fetched again. Without GTID it goes on at the place that it has reached: refused where the binary logs there are other ones.",
		below: BELOW_OR_OWN_SOURCE,
		routes: ["repoint/:host/:port/:belowHost/:belowPort"],
		way: "repoint",
		message: ({ instance, below }) =>
			`Instance ${instance} repointed below ${below}`,
	}),
	relocation("move-gtid", {
		category: "GTID relocation",
		says: "Move a replica below another server by GTID",
		help: "Moves the replica in -i below the server in -d, and prints replica<source. Refused where the two have no GTID in common, or the server has purged what the replica needs.",
		below: BELOW,
		routes: [
			"move-below-gtid/:host/:port/:belowHost/:belowPort",
			"move-gtid/:host/:port/:belowHost/:belowPort",
		],
		way: "gtid",
		message: ({ instance, below }) =>
			`Instance ${instance} moved below ${below} via GTID`,
	}),
	relocation("match", {
		category: "Pseudo-GTID relocation",
		says: "Move a replica below another server by Pseudo-GTID",
		help: `Lets the replica in -i apply what it has received, finds its last Pseudo-GTID entry in the binary logs of the server in -d, compares what follows in both, and moves the replica below that server at the place behind it; prints replica<source. ${UNMATCHED}`,
		below: BELOW,
		routes: [
			"match/:host/:port/:belowHost/:belowPort",
			"match-below/:host/:port/:belowHost/:belowPort",
		],
		way: "match",
		message: matchedText,
	}),
	relocation("match-up", {
		category: "Pseudo-GTID relocation",
		says: "Move a replica one level up the topology by Pseudo-GTID",
		help: `As match, below the source of the source of the replica in -i. ${UNMATCHED}`,
		below: NOT_NAMED,
		routes: ["match-up/:host/:port"],
		way: "matchUp",
		message: matchedText,
	}),
	relocation("rematch", {
		category: "Pseudo-GTID relocation",
		says: "Lay a replica's channel anew by Pseudo-GTID",
		help: `As match, below the source that the replica in -i has: its place there is found anew. ${UNMATCHED}`,
		below: NOT_NAMED,
		routes: [],
		way: "rematch",
		message: matchedText,
	}),
];
