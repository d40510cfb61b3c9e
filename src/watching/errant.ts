import { errantAgainst } from "../topology/gtid/errant.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";

/** What a comparison went by: when none of it has changed, neither has the answer. */
interface Compared {
	readonly replicaGtid: string;
	readonly sourceGtid: string;
	readonly above: readonly InstanceName[];
	readonly errant: string;
}

export interface ErrantLedger {
	/**
	 * Errant transactions of a replica, or undefined when there is nothing new to say.
	 * @param above the servers above it, nearest first
	 */
	compare(replica: Instance, above: readonly Instance[]): string | undefined;
	/** Replicas of which a later look at their source decides. */
	undecided(): readonly InstanceName[];
	forget(name: InstanceName): void;
}

const gtidOf = (instance: Instance): string =>
	`${instance.executedGtid} ${instance.binlogGtidState}`;

const isSame = (
	before: Compared | undefined,
	replica: Instance,
	above: readonly Instance[],
): boolean =>
	before !== undefined &&
	before.replicaGtid === gtidOf(replica) &&
	// A source that goes on has no less than before.
	(before.errant === "" || before.sourceGtid === gtidOf(above[0] ?? replica)) &&
	before.above.length === above.length &&
	before.above.every((name, index) => name === above[index]?.name);

/**
 * Compares replicas with their sources, each looked at in its own moment.
 * 1. A set that the source was not seen to have is errant only if the source was looked at after the replica: else what it passed
 *    on in between would count. Until then what was known stays.
 * 2. A replica with several channels is not compared: what it has of another source is nobody's error.
 * 3. Nothing is computed again while the texts of both sets are the same.
 */
export const createErrantLedger = (): ErrantLedger => {
	const done = new Map<InstanceName, Compared>();
	/** Replicas as they were when they had more than an older picture of their source. */
	const suspected = new Map<InstanceName, Instance>();

	const settle = (
		replica: Instance,
		above: readonly Instance[],
		errant: string,
	): string => {
		suspected.delete(replica.name);
		done.set(replica.name, {
			replicaGtid: gtidOf(replica),
			sourceGtid: gtidOf(above[0] ?? replica),
			above: above.map(({ name }) => name),
			errant,
		});
		return errant;
	};

	return {
		compare: (replica, above) => {
			const [source, ...further] = above;
			if (source === undefined || replica.otherChannels.length > 0)
				return settle(replica, above, "");
			if (!isLastCheckValid(replica) || source.check.seenAtMs === 0)
				return undefined;
			const held = suspected.get(replica.name);
			if (held === undefined && isSame(done.get(replica.name), replica, above))
				return undefined;
			const picture = held ?? replica;
			const errant = errantAgainst(
				{ ...picture, isCoMaster: replica.isCoMaster },
				source,
				further,
			);
			if (errant === "") {
				suspected.delete(replica.name);
				return held === undefined ? settle(replica, above, "") : undefined;
			}
			const lookedAtMs = source.check.seenAtMs - source.check.latencyMs;
			if (lookedAtMs >= picture.check.seenAtMs)
				return settle(picture, above, errant);
			suspected.set(replica.name, picture);
			return undefined;
		},
		undecided: () => [...suspected.keys()],
		forget: (name) => {
			done.delete(name);
			suspected.delete(name);
		},
	};
};
