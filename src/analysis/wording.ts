/** Parts of the sentences in which findings are told. */
import type { Facts } from "./facts.ts";

/** `db1:3306 cannot be reached (no answer within 500 ms)` */
export const cannotBeReached = ({ instance }: Facts): string =>
	instance.check.error === ""
		? `${instance.name} cannot be reached`
		: `${instance.name} cannot be reached (${instance.check.error})`;

/** Why it was not seen: an error of its own, a fault of ours, or nothing at all. */
export const wasNotSeen = (f: Facts): string =>
	f.answers
		? `${f.instance.name} lives but does not let us in (${f.instance.check.error})`
		: cannotBeReached(f);

export const replicasSay = (f: Facts): string =>
	`${f.replicating} of ${f.valid} reachable replicas still replicate, ${f.lostSource} have lost it`;

/** `none of its 3 replicas replicates from it` */
export const noneReplicatesFromIt = ({ count }: Facts): string =>
	count === 1
		? "its only replica does not replicate from it"
		: `none of its ${count} replicas replicates from it`;

/** `nor any of its 3 replicas` */
export const norItsReplicas = ({ count }: Facts): string =>
	count === 1 ? "nor its only replica" : `nor any of its ${count} replicas`;

/**
 * Replicas that do not replicate are not yet evidence. One that still hears from the source (its
 * applier is what stopped) speaks against; and at least one must have lost the source while it wanted it, unless the host
 * itself refused the connection.
 */
export const noEvidence =
	(remedy: string) =>
	(f: Facts): string => {
		if (f.hearing > 0)
			return `${f.hearing} of ${f.valid} reachable replicas still receive from it, though they do not apply: it lives for them`;
		if (f.valid === 0)
			return "none of its replicas can be reached either: we may be the ones cut off";
		if (f.lostSource > 0 || f.instance.check.outcome === "connection-refused")
			return "";
		return `the receivers of ${f.deliberatelyStopped} of ${f.valid} replicas were stopped on purpose, and none says that it lost the source: that is no evidence of a dead ${f.isPrimary ? "primary" : "source"}; start replication on one of them${remedy}`;
	};
