import { error } from "./template.ts";

/** Operations that are not begun, or do not come to their end. */
export const OPERATIONS = {
	busy: error(
		"Busy",
		"a <kind> of this cluster is running since <startedAt>: wait for its end, or look at <workflow> in the Temporal UI",
	),
	recoveredMeanwhile: error(
		"Refused",
		"a recovery of this cluster ran when this was asked for, and has succeeded: <says>; nothing more was done: look at the topology, and ask anew if it is still wanted",
	),
	noop: error(
		"Refused",
		"noop: aborting <kind>; nothing went wrong and nothing was changed",
	),
	begunBefore: error(
		"Refused",
		"this request was begun before, by run <runId> at <at>, and is not begun twice: ask anew if it is still wanted",
	),
	notChecked: error(
		"StoreUnavailable",
		"it could not be looked up whether anything speaks against this (<why>): the operation that runs was not pushed aside, and nothing was done; ask again when the store answers",
	),
	noRolling: error(
		"Refused",
		"no rolling maintenance of <cluster> runs: begin one with rolling-maintenance",
	),
	rollingRefused: error(
		"Refused",
		"no rolling maintenance would begin: <why>; mend that first",
	),
	rollingNotTold: error("Refused", "<why>"),
	rollingNeedsNode: error(
		"Refused",
		"no node is running: a rolling maintenance lasts longer than this command; start one with baton http",
	),
	needsWait: error(
		"BadUsage",
		"without Temporal an operation lives as long as the command: leave -no-wait out",
	),
	successorUnknown: error(
		"Refused",
		"designated instance <instance> is not known: it must be directly replicating from the master <primary>; name one of its replicas",
	),
	successorElsewhere: error(
		"Refused",
		"designated instance <instance> must be directly replicating from the master <primary>; name one of its replicas",
	),
	successorIsPrimary: error(
		"Refused",
		"designated instance <instance> must be directly replicating from the master <instance>, which it is itself; name one of its replicas",
	),
	successorNotIndicated: error(
		"Refused",
		"GracefulMasterTakeover: target instance not indicated, auto=false, and master <primary> has multiple replicas (<count>); name one of them, or use graceful-master-takeover-auto",
	),
	notBelowAnybody: error(
		"Refused",
		"<instance> is not a replica: there is no primary whose place it could take",
	),
	sourceNotDead: error(
		"Refused",
		"<source> has not failed, and <instance> does not take its place: use graceful-master-takeover -i <source> -d <instance>",
	),
	recoveryIsRunning: error(
		"Refused",
		"recovery <uid> of <instance> is registered as running; wait for its end, or acknowledge it if it has died",
	),
	pictureGone: error(
		"Superseded",
		"the store has no picture of operation <uid> any more: a newer one has taken its cluster, or it has ended; ask for it again",
	),
	superseded: error(
		"Superseded",
		"a newer attempt or operation has taken over the work on <server>: this one stops without touching it",
	),
	overtaken: error(
		"Superseded",
		"a newer attempt or operation has taken cluster <cluster>: this one stops without touching it",
	),
	cancelled: error("Superseded", "the work on <server> was cancelled"),
	writtenSince: error(
		"OperationFailed",
		"<server> is written to by an account that read-only does not hold up: it has transactions that <source> lacks, and is left as it is; find out in its process list who writes there, and stop that",
	),
	writtenMeanwhile: error(
		"OperationFailed",
		"<server> takes writes faster than <source> gets them, and replicates from nobody as before: try again when there are fewer",
	),
	notCaughtUp: error(
		"OperationFailed",
		"<server> did not apply the last transactions of <source> within <ms> ms (lacks <gtids>); see what its applier waits for, and try again",
	),
	longStatements: error(
		"OperationFailed",
		"statements on <server> that began before the takeover still run after <seconds> s, and would hold up everybody's writes: <sessions>; wait for their end, or end them with KILL, and try again (BatonTakeoverTransactionWaitSeconds)",
	),
	writeGapOver: error(
		"OperationFailed",
		"it was given up after <ms> ms, so that nobody waits for <server> any longer (BatonTakeoverWriteGapSeconds)",
	),
	writesNotHeldUp: error(
		"OperationFailed",
		"<server> is read-only, but accounts that read-only does not hold up write on; grant RELOAD to Baton's account, so that it can hold them up",
	),
} as const;
