import { type Instance, isLastCheckValid } from "../topology/instance.ts";

/** Something that decides an instance's place, or anybody else's, is not what it was. */
export const isElsewhere = (before: Instance, now: Instance): boolean =>
	before.replication.sourceHost !== now.replication.sourceHost ||
	before.replication.sourcePort !== now.replication.sourcePort ||
	before.serverUuid !== now.serverUuid ||
	before.group.name !== now.group.name ||
	before.group.primary !== now.group.primary;

/** Signs that an analysis goes by, but for those that only time changes: a difference is looked into at once. */
const signsOf = ({
	check,
	replication,
	readOnly,
	semiSync,
	group,
}: Instance): readonly unknown[] => [
	check.outcome,
	check.partialSuccess,
	replication.receiver,
	replication.applier,
	replication.lastReceiverErrno,
	replication.lastReceiverError,
	readOnly,
	semiSync.sourceEnabled,
	semiSync.sourceActive,
	semiSync.clients,
	semiSync.waitForReplicaCount,
	group.memberState,
	group.memberRole,
];

export const isNewsworthy = (before: Instance, now: Instance): boolean => {
	const was = signsOf(before);
	return (
		isLastCheckValid(before) !== isLastCheckValid(now) ||
		signsOf(now).some((sign, index) => sign !== was[index])
	);
};
