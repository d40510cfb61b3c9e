import { compare, familyOf, received } from "../topology/gtid/gtid.ts";
import type { Instance, PromotionRule } from "../topology/instance.ts";
import { compareNames } from "../topology/instance-name.ts";
import { hasUnapplied } from "./holdings.ts";
import { READINESS, type Standing } from "./readiness.ts";

const RULE_ORDER: Readonly<Record<PromotionRule, number>> = {
	must: 0,
	prefer: 0,
	neutral: 1,
	prefer_not: 2,
	must_not: 3,
};

/**
 * What a candidate's rank goes by, the weightiest first; less is better. What is acknowledged and would be lost outweighs all
 * else, then what a promotion would spread or switch off, then how soon it can be opened; rule and place come behind, since a
 * better placed server can change places with it afterwards.
 */
const KEYS: readonly ((standing: Standing, failed: Instance) => number)[] = [
	// Nobody can tell what its filters have kept out.
	({ instance }) => Number(instance.replication.hasFilters),
	({ readiness }) => Number(readiness === "lacks"),
	({ instance }) => Number(instance.errantGtid !== ""),
	({ withoutSemiSync }) => Number(withoutSemiSync),
	({ readiness }) => READINESS[readiness],
	({ readiness, lacks }) => (readiness === "lacks" ? lacks.length : 0),
	({ instance }) => RULE_ORDER[instance.promotionRule],
	({ strands }) => strands,
	({ instance }) => Number(instance.replication.sqlDelaySeconds > 0),
	({ instance }, failed) =>
		Number(instance.dataCenter !== failed.dataCenter) +
		Number(instance.environment !== failed.environment),
	// Whoever stopped it had a reason; its name is none to prefer it.
	({ isSetAside }) => Number(isSetAside),
];

const furtherFirst = (
	one: Instance,
	other: Instance,
	setOf: (instance: Instance) => string,
): number => {
	const [a, b] = [setOf(one), setOf(other)];
	if (a === b) return 0;
	const order = compare(familyOf(one), a, b);
	if (order === "ahead") return -1;
	return order === "behind" ? 1 : 0;
};

/** Orders candidates, the best first. */
export const better =
	(failed: Instance) =>
	(a: Standing, b: Standing): number => {
		for (const key of KEYS) {
			const difference = key(a, failed) - key(b, failed);
			if (difference !== 0) return difference;
		}
		return (
			furtherFirst(a.instance, b.instance, received) ||
			furtherFirst(a.instance, b.instance, (each) => each.executedGtid) ||
			compareNames(a.instance.name, b.instance.name)
		);
	};

const completeness = ({ lacks, giver, readiness }: Standing): string => {
	if (lacks.length === 0)
		return "has received everything that any reachable replica has";
	const from =
		giver === undefined
			? ""
			: ` and can fetch ${readiness === "fetches" ? "them" : "some"} from ${giver.name}`;
	return `lacks transactions of ${lacks.join(", ")}${from}`;
};

/** Why it stands where it stands. */
export const saysOf = (standing: Standing): string => {
	const { instance, strands, withoutSemiSync, isSetAside } = standing;
	const { hasFilters, sqlDelaySeconds } = instance.replication;
	const because = (holds: boolean, says: string) => (holds ? [says] : []);
	return [
		completeness(standing),
		hasUnapplied(instance)
			? "still has to apply some of it"
			: "has applied all it received",
		`promotion rule ${instance.promotionRule}`,
		...because(
			hasFilters,
			"comes last because of its replication filters, which may have kept out what was acknowledged",
		),
		...because(
			instance.errantGtid !== "",
			`comes behind others because of its errant transactions ${instance.errantGtid.slice(0, 160)}, which its replicas would get`,
		),
		...because(
			withoutSemiSync,
			"comes behind others because its semi-sync source plugin is not loaded",
		),
		...because(
			strands > 0,
			`${strands} of the others could not replicate from it`,
		),
		...because(sqlDelaySeconds > 0, `delayed by ${sqlDelaySeconds} s`),
		...because(
			instance.dataCenter !== "",
			`data center ${instance.dataCenter}`,
		),
		...because(
			isSetAside,
			"comes behind its equals because it was stopped, or held back, before",
		),
	].join(", ");
};
