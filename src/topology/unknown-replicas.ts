import { channelsFrom } from "./channels.ts";
import { type Instance, isLastCheckValid } from "./instance.ts";
import type { Role } from "./role.ts";

/** It acknowledges, or could without our having seen it. */
const mayAcknowledge = (instance: Instance): boolean =>
	instance.semiSync.replicaEnabled ||
	instance.semiSync.replicaActive ||
	instance.isBinlogServer ||
	!isLastCheckValid(instance);

/**
 * How many more servers acknowledged what the source wrote, when it was last seen, than known ones can have. Wherever these
 * replicate from now: one that has left a moment ago is still counted by the source.
 * @param known every known server of the cluster
 */
export const unknownAcknowledgers = (
	{ name, semiSync }: Instance,
	known: readonly Instance[],
): number =>
	semiSync.sourceEnabled
		? Math.max(
				0,
				semiSync.clients -
					known.filter((each) => each.name !== name && mayAcknowledge(each))
						.length,
			)
		: 0;

/** What would find servers that are not known. */
const REMEDY =
	"name them to `discover`, or set DiscoverByShowSlaveHosts, with which replicas on other ports are found too, and report_host on them where they go by another address";

const counted = (count: number, one: string, more: string): string =>
	count === 1 ? `1 ${one}` : `${count} ${more}`;

/** Said where it is a reason against something: what is not known, and what would make it known. */
export const acknowledgersText = ({ name }: Instance, count: number): string =>
	`${counted(count, "server that acknowledges", "servers that acknowledge")} what ${name} writes (Rpl_semi_sync_*_clients) ${count === 1 ? "is" : "are"} not known: ${REMEDY}`;

const listedText = (
	{ name, countedReplicas }: Instance,
	known: number,
): string =>
	`${name} sends its binary logs to ${counted(countedReplicas, "client", "clients")}, and ${counted(known, "replica", "replicas")} of it ${known === 1 ? "is" : "are"} known: if the others are replicas, ${REMEDY}`;

/**
 * The same of a server that is met now, whose replicas are looked at next: what it tells of and cannot name, so that nobody looks.
 * @param known every known server of its cluster, and every known replica of it
 */
export const unnamedReplicas = (
	met: Instance,
	known: readonly Instance[],
): readonly string[] => {
	const named = new Set([
		...met.replicas,
		...known
			.filter((each) => channelsFrom(each, met.name).length > 0)
			.map((each) => each.name),
	]);
	return met.countedReplicas <= named.size
		? []
		: [
				`${met.name} sends its binary logs to ${counted(met.countedReplicas, "client", "clients")}, and ${named.size === 0 ? "none" : named.size} of them can be looked at: if the others are replicas, ${REMEDY}`,
			];
};

/** A source finds out by its next events or heartbeats that a replica has left, and counts it until then. Milliseconds. */
const LEAVING_MS = 60_000;

/** Its replicas were moved a moment before it was looked at. */
const mayCountLeaving = (
	{ check }: Instance,
	role: Pick<Role, "word" | "sinceMs"> | undefined,
): boolean =>
	role !== undefined &&
	role.word !== "met" &&
	check.seenAtMs < role.sinceMs + LEAVING_MS;

/**
 * What servers tell of others that are not known: one sentence each.
 * @param instances of one cluster
 * @param role who its primary is, and since when: nothing is made of what a source still counts right after a change
 */
export const unknownReplicas = (
	instances: readonly Instance[],
	role?: Pick<Role, "word" | "sinceMs">,
): readonly string[] =>
	instances.filter(isLastCheckValid).flatMap((each) => {
		const acknowledging = unknownAcknowledgers(each, instances);
		const known = instances.filter(
			(other) => channelsFrom(other, each.name).length > 0,
		).length;
		return [
			...(acknowledging > 0
				? [
						`${acknowledgersText(each, acknowledging)}. Until then a failover may lose what only they have, and lossless mode refuses it`,
					]
				: []),
			...(each.countedReplicas > known && !mayCountLeaving(each, role)
				? [listedText(each, known)]
				: []),
		];
	});
