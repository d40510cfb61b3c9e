import { exactOptional, enum as oneOf } from "zod/mini";
import { NO_HOOKS } from "../hook-lists.ts";
import { cluster, instance } from "./fields.ts";
import { operationKind } from "./row.ts";

/** The audit's word for a move in each of the ways that are demanded. */
const AUDITS = {
	up: "move-up",
	siblings: "move-below",
	gtid: "move-gtid",
	repoint: "repoint",
	match: "match-below",
	matchUp: "match-up",
	rematch: "rematch",
	equivalent: "move-equivalent",
} as const;

/** The ways that do not say where they lead. */
const NEEDS_PLACE: ReadonlySet<string> = new Set([
	"siblings",
	"gtid",
	"match",
	"equivalent",
]);

export const relocation = operationKind({
	takes: () => ({
		/** May be left out: the cluster of the instance. */
		cluster: exactOptional(cluster()),
		instance: instance(),
		/** May be left out where the way says it: above its source, or its own source. */
		below: exactOptional(instance()),
		/**
		 * What is demanded beside the place. `up`: to the source of its source; `siblings`: the two have one source now; `gtid`: by GTID;
		 * `repoint`: the channel is laid anew, to its own source when there is no other; `match`: by Pseudo-GTID, `matchUp` to the source of
		 * its source, `rematch` to its own; `equivalent`: to a recorded place. Missing: by whatever there is.
		 */
		way: exactOptional(
			oneOf([
				"up",
				"siblings",
				"gtid",
				"repoint",
				"match",
				"matchUp",
				"rematch",
				"equivalent",
			]),
		),
	}),
	lacks: ({ below, way }) =>
		below === undefined && (way === undefined || NEEDS_PLACE.has(way))
			? "below"
			: "",
	names: ({ instance, below }) => [
		instance,
		...(below === undefined ? [] : [below]),
	],
	line: ({ instance, below, way }) =>
		[
			way === undefined ? "relocate" : AUDITS[way],
			instance,
			...(below === undefined ? [] : [`below ${below}`]),
		].join(" "),
	severity: "repair",
	opens: false,
	rules: { hooks: NO_HOOKS, audit: "relocate-below", audits: AUDITS },
	record: null,
	goal: "everybody",
	outcome: ({ instance, below, way }, { place }) => ({
		instance,
		below: below ?? place,
		way: way ?? ("" as const),
	}),
});
