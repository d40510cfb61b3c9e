/** What the rows of the taxonomy ask, in plain words. */
import type { Facts } from "./facts.ts";
import type { Condition } from "./taxonomy-row.ts";

export const condition = (
	says: string,
	test: Condition["test"],
	otherwise: string | ((facts: Facts) => string),
): Condition => ({
	says,
	test,
	otherwise: typeof otherwise === "string" ? () => otherwise : otherwise,
});

const howMany = (f: Facts): string =>
	f.count === 0
		? "it has no replicas"
		: f.count === 1
			? "it has one replica"
			: `it has ${f.count} replicas`;

const reachable = (f: Facts): string =>
	f.count === 0
		? "it has no replicas"
		: f.valid === 0
			? "none of its replicas can be reached"
			: f.valid === f.count
				? "all its replicas can be reached"
				: `${f.count - f.valid} of its ${f.count} replicas cannot be reached`;

/** M */
export const isPrimary = condition(
	"it is a primary",
	(f) => f.isPrimary,
	(f) =>
		f.instance.group.name === "" || f.instance.replication.sourceHost !== ""
			? `it replicates from ${f.instance.replication.sourceHost}:${f.instance.replication.sourcePort}`
			: `it is a secondary of group ${f.instance.group.name}`,
);
/** ¬M */
export const isNoPrimary = condition(
	"it is no primary",
	(f) => !f.isPrimary,
	"it is a primary",
);
/** CM */
export const isCoPrimary = condition(
	"it is one of two co-primaries",
	(f) => f.isCoPrimary,
	"it is no co-primary",
);
/** GM */
export const isInGroup = condition(
	"it is a member of a replication group",
	(f) => f.isGroupMember,
	"it is in no replication group",
);
/** ¬GM */
export const isInNoGroup = condition(
	"it is in no replication group",
	(f) => !f.isGroupMember,
	(f) => `it is a member of group ${f.instance.group.name}`,
);
/** BLS */
export const isBinlogServer = condition(
	"it is a binlog server",
	(f) => f.instance.isBinlogServer,
	"it is no binlog server",
);
/** depth = 1 */
export const isFirstTier = condition(
	"it is a direct replica of the primary",
	(f) => f.instance.depth === 1,
	(f) => `its depth in the cluster is ${f.instance.depth}`,
);

/** OK */
export const isSeen = condition(
	"it was seen at the last check",
	(f) => f.lastCheckValid,
	"the last check of it failed",
);
/** ¬OK */
export const isUnseen = condition(
	"the last check of it failed",
	(f) => !f.lastCheckValid,
	"it was seen at the last check",
);
/**
 * ¬OK in a way that says something about the server. mysqld answering with an error (access denied, too many connections)
 * lives; a fault of our own side says nothing.
 */
export const isGone = condition(
	"it cannot be reached",
	(f) => !f.lastCheckValid && !f.answers && !f.ownFault,
	(f) =>
		f.lastCheckValid
			? "it was seen at the last check"
			: f.answers
				? `it answers, with an error (${f.instance.check.error}): it lives`
				: `the last look failed by a fault of our own (${f.instance.check.error}), which says nothing about it`,
);
/**
 * R > 0 beside ¬OK; also where the server answers with an error or we could not look: it may well live. Whether the check
 * got halfway does not matter.
 */
export const mayLive = condition(
	"it answers with an error, or we could not look, or a replica still replicates from it",
	(f) => f.answers || f.ownFault || f.replicating > 0,
	(f) =>
		f.count === 0
			? "it has no replicas that could hear it"
			: "no reachable replica replicates from it",
);

/** N = 0 */
export const hasNoReplicas = condition(
	"it has no replicas",
	(f) => f.count === 0,
	howMany,
);
/** N > 0 */
export const hasReplicas = condition(
	"it has replicas",
	(f) => f.count > 0,
	howMany,
);
/** N = 1 */
export const hasOneReplica = condition(
	"it has one replica",
	(f) => f.count === 1,
	howMany,
);
/** N > 1 */
export const hasSeveralReplicas = condition(
	"it has several replicas",
	(f) => f.count > 1,
	howMany,
);

/** V = N */
export const allReachable = condition(
	"all its replicas can be reached",
	(f) => f.valid === f.count,
	reachable,
);
/** 0 < V < N */
export const someReachable = condition(
	"some of its replicas can be reached and some cannot",
	(f) => f.valid > 0 && f.valid < f.count,
	reachable,
);
/** V = 0 */
export const noneReachable = condition(
	"none of its replicas can be reached",
	(f) => f.valid === 0,
	reachable,
);
/** V < N */
export const notAllReachable = condition(
	"some of its replicas, or all, cannot be reached",
	(f) => f.valid < f.count,
	reachable,
);

/** R = 0 */
export const noneReplicates = condition(
	"no reachable replica replicates from it",
	(f) => f.replicating === 0,
	(f) =>
		`${f.replicating} of ${f.valid} reachable replicas replicate${f.replicating === 1 ? "s" : ""} from it`,
);
/** R > 0 */
export const someReplicate = condition(
	"a reachable replica replicates from it",
	(f) => f.replicating > 0,
	"no reachable replica replicates from it",
);
/** L = N */
export const allLag = condition(
	"all its replicas lag",
	(f) => f.count > 0 && f.lagging === f.count,
	(f) => `${f.lagging} of its ${f.count} replicas lag`,
);
/** D < N */
export const notAllDelayed = condition(
	"not all of its replicas are delayed on purpose",
	(f) => f.delayed < f.count,
	"all its replicas are delayed on purpose",
);
/** V = 1 and F = 1; silence counts as well. */
export const itsReplicaLostIt = condition(
	"its only replica has lost it",
	(f) => f.lostSource === 1,
	"its only replica does not say that it lost it",
);
/** F > 0 and F = V */
export const allFailToConnect = condition(
	"all its reachable replicas fail to connect to it",
	(f) => f.failingToConnect > 0 && f.failingToConnect === f.valid,
	(f) =>
		`${f.failingToConnect} of ${f.valid} reachable replicas fail to connect to it`,
);
/** IF */
export const failsToConnect = condition(
	"it fails to connect to its source",
	(f) => f.isFailingToConnect,
	"its receiver tells of no failure to connect",
);

/** SSen, SSst and SSw > 0 */
export const waitsForAcknowledgements = condition(
	"semi-sync is in force on it",
	({ instance: { semiSync } }) =>
		semiSync.sourceEnabled &&
		semiSync.sourceActive &&
		semiSync.waitForReplicaCount > 0,
	({ instance: { semiSync } }) =>
		semiSync.sourceEnabled
			? "semi-sync is enabled on it, but not in force"
			: "semi-sync is not enabled on it",
);
const clients = ({ instance: { semiSync } }: Facts): string =>
	`${semiSync.clients} ${semiSync.clients === 1 ? "replica acknowledges" : "replicas acknowledge"} and it waits for ${semiSync.waitForReplicaCount}`;
/** SSc < SSw */
export const hasTooFewAcknowledgers = condition(
	"fewer replicas acknowledge than it waits for",
	({ instance: { semiSync } }) =>
		semiSync.clients < semiSync.waitForReplicaCount,
	clients,
);
/** SSc > SSw */
export const hasTooManyAcknowledgers = condition(
	"more replicas acknowledge than it waits for",
	({ instance: { semiSync } }) =>
		semiSync.clients > semiSync.waitForReplicaCount,
	clients,
);
/** stale */
export const standsStill = condition(
	"its binary log has stood still for longer than ReasonableLockedSemiSyncMasterSeconds",
	(f) => f.stoodStillMs > f.settings.lockedSemiSyncSeconds * 1000,
	(f) =>
		`its binary log is not known to have stood still for ${f.settings.lockedSemiSyncSeconds} s`,
);
export const mustBeExact = condition(
	"EnforceExactSemiSyncReplicas is on",
	(f) => f.settings.enforceExactSemiSyncReplicas,
	"EnforceExactSemiSyncReplicas is off",
);
export const mustBeWritable = condition(
	"RecoverNonWriteableMaster is on",
	(f) => f.settings.recoverNonWriteablePrimary,
	"RecoverNonWriteableMaster is off",
);
/** RO */
export const isReadOnly = condition(
	"it is read-only",
	(f) => f.instance.readOnly,
	"it is writable",
);
