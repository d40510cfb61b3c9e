import { channelsFrom, isMultiSource } from "../topology/channels.ts";
import { compareCoordinates } from "../topology/coordinates.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import {
	type Candidacy,
	candidacyNotes,
	chooseCandidate,
} from "./candidate.ts";
import { caughtUp } from "./holdings.ts";
import type { PlanSettings } from "./plan.ts";
import type { Refusal } from "./relocation-way.ts";

/** The replica that the others go below, and how it was chosen. */
export interface RegroupChoice {
	readonly chosen: Instance;
	readonly notes: readonly string[];
}

/** Why nobody is put below it, beyond what keeps a server from becoming a primary. */
const unfit = (source: Instance, each: Instance): string | undefined => {
	if (isLastCheckValid(each) && isMultiSource(each))
		return "it replicates by several channels";
	if (each.errantGtid !== "")
		return `it has errant transactions, which the others would get: ${each.errantGtid.slice(0, 160)}`;
	if (isLastCheckValid(source) && each.replication.receiver === 0)
		return "its receiver is stopped: those below it would get nothing";
	return undefined;
};

/** Those that have read furthest in the logs of their source: without GTID only that tells what each has. */
const furthestRead = (
	source: Instance,
	replicas: readonly Instance[],
): readonly Instance[] => {
	const readOf = (each: Instance) =>
		channelsFrom(each, source.name)[0]?.readCoordinates ??
		each.replication.readCoordinates;
	return replicas.filter((each) =>
		replicas.every(
			(other) => compareCoordinates(readOf(each), readOf(other)) >= 0,
		),
	);
};

/** The binlog server that stands above the others below the source: the one that has most of its logs, the first by name where several have. */
export const chooseBinlogServer = (
	source: Instance,
	replicas: readonly Instance[],
): RegroupChoice | Refusal => {
	const usable = replicas.filter(
		(each) => each.isBinlogServer && isLastCheckValid(each),
	);
	const [chosen] = furthestRead(source, usable);
	return chosen === undefined
		? {
				refusal: `${source.name} has no binlog server below it that can be reached`,
			}
		: { chosen, notes: [] };
};

/**
 * The replica of the source that is best to stand above its siblings: the one that would be promoted, and has nothing of its own. Of a
 * source that lives all replicas get what it has; below a dead one the furthest counts.
 * @param by what the others will be moved by, and what tells who has most
 */
export const chooseForRegroup = (
	source: Instance,
	replicas: readonly Instance[],
	settings: PlanSettings,
	by: "gtid" | "markers",
): RegroupChoice | Refusal => {
	const out = replicas.flatMap((each): Candidacy["excluded"] => {
		const reason = unfit(source, each);
		return reason === undefined ? [] : [{ name: each.name, reason }];
	});
	const names = new Set(out.map(({ name }) => name));
	const fit = replicas.filter(({ name }) => !names.has(name));
	if (fit.length === 0)
		return {
			refusal: `no replica of ${source.name} can stand above the others: ${out.map(({ name, reason }) => `${name}: ${reason}`).join("; ")}`,
		};
	const furthest = by === "markers" ? furthestRead(source, fit) : fit;
	const comparable = isLastCheckValid(source)
		? caughtUp(source, fit)
		: furthest;
	const candidacy = chooseCandidate(source, comparable, {
		...settings,
		refuseUnapplied: false,
		...(by === "markers" ? { withoutGtid: true as const } : {}),
	});
	const all = { ...candidacy, excluded: [...candidacy.excluded, ...out] };
	const chosen = replicas.find(({ name }) => name === candidacy.chosen);
	return chosen === undefined
		? { refusal: candidacy.refusal }
		: { chosen, notes: candidacyNotes(all) };
};
