import { exactOptional, enum as oneOf, refine, string } from "zod/mini";
import { quickHostPattern } from "../../topology/pattern.ts";
import { NO_HOOKS } from "../hook-lists.ts";
import { cluster, instance } from "./fields.ts";
import { operationKind } from "./row.ts";

/** The audit's word for each of the ways. */
const AUDITS = {
	replicas: "relocate-replicas",
	gtid: "move-replicas-gtid",
	up: "move-up-replicas",
	repoint: "repoint-replicas",
	siblings: "take-siblings",
	regroup: "regroup-replicas",
	regroupGtid: "regroup-replicas-gtid",
	regroupBls: "regroup-replicas-bls",
	local: "make-local-master",
	match: "match-replicas",
	matchUp: "match-up-replicas",
	regroupMatch: "regroup-replicas-pgtid",
} as const;

/** Longer than any that a person types. */
const LONGEST_PATTERN = 512;

/** The ways that do not say where they lead. */
const NEEDS_PLACE: ReadonlySet<string> = new Set(["replicas", "gtid", "match"]);

/** Several replicas of one server change their source. */
export const moves = operationKind({
	takes: () => ({
		/** May be left out: the cluster of the instance. */
		cluster: exactOptional(cluster()),
		/** Whose replicas are moved; of `siblings` and `local` the replica that takes those of its source. */
		instance: instance(),
		/** Of `replicas`, `gtid`, `match` and `repoint` where to; of the last it may be left out: where they are. */
		below: exactOptional(instance()),
		/**
		 * Who goes where. `replicas`, `gtid`: those of the instance below another server; `up`: below its source; `repoint`: their channels
		 * are laid anew; `siblings`: those of its source below the instance; `regroup`: below the one of them that is best for it; `local`:
		 * the instance goes up, its siblings below it; `match`, `matchUp`, `regroupMatch`: as `replicas`, `up` and `regroup`, by Pseudo-GTID; `regroupGtid`: by GTID; `regroupBls`: the
		 * binlog servers alone.
		 */
		way: oneOf([
			"replicas",
			"gtid",
			"up",
			"repoint",
			"siblings",
			"regroup",
			"regroupGtid",
			"regroupBls",
			"local",
			"match",
			"matchUp",
			"regroupMatch",
		]),
		/** Only those whose host:port it is found in. */
		pattern: exactOptional(
			string().check(
				refine(
					(text) =>
						text.length <= LONGEST_PATTERN &&
						quickHostPattern(text) !== undefined,
					"must be a regular expression as RE2 has them",
				),
			),
		),
	}),
	lacks: ({ below, way }) =>
		below === undefined && NEEDS_PLACE.has(way) ? "below" : "",
	names: ({ instance, below }) => [
		instance,
		...(below === undefined ? [] : [below]),
	],
	line: ({ instance, below, way }) =>
		[
			AUDITS[way],
			instance,
			...(below === undefined ? [] : [`below ${below}`]),
		].join(" "),
	severity: "repair",
	opens: false,
	rules: { hooks: NO_HOOKS, audit: AUDITS.replicas, audits: AUDITS },
	record: null,
	goal: "anybody",
	outcome: ({ instance, below, way }, { place, moved }) => ({
		instance,
		/** Where they stand now; empty where nobody was moved and nobody said where. */
		below: place || below || ("" as const),
		way,
		/** The replicas that stand there now, in the order in which they came. */
		moved: moved.filter((each) => each !== place),
	}),
});
