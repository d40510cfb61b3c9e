import type { ReplicateOptions } from "../topology/can-replicate.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { excludedNote, rankedNote } from "./choice-notes.ts";
import { exclusionOf } from "./exclusions.ts";
import { siblingsOf } from "./givers.ts";
import { byName } from "./members.ts";
import { better, saysOf } from "./ranking.ts";
import { readable } from "./readable.ts";
import { type Standing, standingOf } from "./readiness.ts";

/** What the configuration says about promotions. */
export interface PromotionSettings extends ReplicateOptions {
	/** Never promoted, whatever the rule: PromotionIgnoreHostnameFilters. */
	readonly banned: readonly InstanceName[];
	readonly preventCrossDataCenter: boolean;
	readonly preventCrossRegion: boolean;
	/** FailMasterPromotionOnLagMinutes; 0 = off. */
	readonly maxLagMinutes: number;
	/** FailMasterPromotionIfSQLThreadNotUpToDate. */
	readonly refuseUnapplied: boolean;
	readonly mode: "available" | "lossless";
	/** Also one that does not replicate by GTID may be chosen: those below it go by Pseudo-GTID. */
	readonly withoutGtid?: true;
	/** Were stopped by a person, or are held back, since before: of equals they come last. */
	readonly setAside?: readonly InstanceName[];
}

interface RankedCandidate {
	readonly name: InstanceName;
	/** Why it stands where it stands. */
	readonly says: string;
	/** Has received everything that any reachable replica has. */
	readonly hasEverything: boolean;
}

export interface Candidacy {
	/** Best first. */
	readonly ranking: readonly RankedCandidate[];
	readonly excluded: readonly {
		readonly name: InstanceName;
		readonly reason: string;
		/** What would let it be one, where that is known. */
		readonly remedy?: string;
	}[];
	readonly chosen: InstanceName | undefined;
	/** A reachable replica that has transactions the chosen one lacks, and from which it must fetch them first. */
	readonly catchUpFrom: InstanceName | undefined;
	/** Why nobody was chosen; empty when somebody was. */
	readonly refusal: string;
}

/**
 * Chooses the replica to promote, by received ∪ applied transactions: a semi-sync acknowledgement vouches for the relay log
 * only. What the order of the list is does not matter.
 * @param replicas direct replicas of the failed primary; for the final choice with their receivers stopped
 * @param requested a candidate that a person asked for: it is taken whatever its rank, or refused, never replaced by another
 */
export const chooseCandidate = (
	failed: Instance,
	replicas: readonly Instance[],
	settings: PromotionSettings,
	requested?: InstanceName,
): Candidacy => {
	const all = readable(failed, replicas.toSorted(byName));
	const siblings = siblingsOf(failed.name, all, settings);
	const excluded = all.flatMap((candidate) => {
		const why = exclusionOf({ candidate, failed, settings });
		return why === undefined ? [] : [{ name: candidate.name, ...why }];
	});
	const out = new Set(excluded.map((each) => each.name));
	const standing = all
		.filter((each) => !out.has(each.name))
		.map((each) => ({
			...standingOf(each, failed, siblings),
			isSetAside: settings.setAside?.includes(each.name) === true,
		}))
		.toSorted(better(failed));
	const chosen =
		requested === undefined
			? standing[0]
			: standing.find((each) => each.instance.name === requested);
	return {
		ranking: standing.map(ranked),
		excluded,
		chosen: chosen?.instance.name,
		catchUpFrom: chosen?.giver?.name,
		refusal:
			chosen === undefined ? whyNobody(replicas, excluded, requested) : "",
	};
};

const ranked = (standing: Standing): RankedCandidate => ({
	name: standing.instance.name,
	says: saysOf(standing),
	hasEverything: standing.lacks.length === 0,
});

const whyNobody = (
	replicas: readonly Instance[],
	excluded: Candidacy["excluded"],
	requested: InstanceName | undefined,
): string => {
	if (replicas.length === 0) return "it has no replicas";
	if (requested !== undefined) {
		const why = excluded.find((each) => each.name === requested);
		return why === undefined
			? `${requested} is not a direct replica; name one of its direct replicas`
			: `${requested} cannot be promoted: ${whyOut(why)}${why.remedy === undefined ? ";" : ", or"} name another replica`;
	}
	return `no replica can be promoted: ${alike(excluded).join(". ")}`;
};

/** What is said of several alike is said once. */
const alike = (excluded: Candidacy["excluded"]): readonly string[] => {
	const names = new Map<string, InstanceName[]>();
	for (const each of excluded) {
		const why = whyOut(each);
		names.set(why, [...(names.get(why) ?? []), each.name]);
	}
	return [...names].map(
		([why, of]) => `${of.join(", ")}${of.length > 1 ? ":" : ""} ${why}`,
	);
};

const whyOut = ({ reason, remedy }: Candidacy["excluded"][number]): string =>
	remedy === undefined ? reason : `${reason}; ${remedy}`;

/** The ranking as sentences, one a candidate. */
export const candidacyNotes = ({
	ranking,
	excluded,
}: Candidacy): readonly string[] => [
	...ranking.map((each, at) => rankedNote(at + 1, each.name, each.says)),
	...excluded.map((each) => excludedNote(each.name, each.reason)),
];
