import {
	type Instance,
	isLastCheckValid,
	isReplica,
	isReplicationRunning,
	usesGtid,
} from "../../topology/instance.ts";
import {
	isRecentlyChecked,
	lagWordOf,
	type StatusLimits,
	statusOf,
} from "../../topology/status.ts";

/** What the words about an instance depend on beside the instance itself. */
export interface DescriptionContext extends StatusLimits {
	readonly isDowntimed: (instance: Instance) => boolean;
}

/** The six fields of an instance, in the order in which they are shown. */
export interface Description {
	readonly lag: string;
	readonly status: string;
	readonly version: string;
	readonly mode: "ro" | "rw";
	readonly format: string;
	/** Comma list, empty when there is nothing to say. */
	readonly extras: string;
}

/** Text that a server gave, fit for a terminal: what would move the cursor or end the line is shown as `?`. */
export const printable = (text: string): string =>
	text.replaceAll(/\p{Cc}/gu, "?");

const isFresh = (instance: Instance, context: DescriptionContext): boolean =>
	isLastCheckValid(instance) && isRecentlyChecked(instance, context);

/** Replicates, and its last check is good and recent: the `+` of the tree. */
export const isVisiblyReplicating = (
	instance: Instance,
	context: DescriptionContext,
): boolean =>
	isReplica(instance) &&
	isReplicationRunning(instance) &&
	isFresh(instance, context);

/** The lag word of a server that replicates from nobody is `0s`: it cannot lag. */
const lagOf = (instance: Instance, context: DescriptionContext): string =>
	!isReplica(instance) && isFresh(instance, context)
		? `${instance.lagSeconds ?? 0}s`
		: lagWordOf(instance, context);

const gtidToken = (instance: Instance): string => {
	if (!usesGtid(instance) && !instance.supportsOracleGtid) return "";
	return instance.errantGtid === "" ? "GTID" : "GTID:errant";
};

const extrasOf = (instance: Instance, context: DescriptionContext): string =>
	[
		instance.logBin && instance.logReplicaUpdates ? ">>" : "",
		gtidToken(instance),
		instance.usingPseudoGtid ? "P-GTID" : "",
		instance.semiSync.sourceActive ? "semi:master" : "",
		instance.semiSync.replicaActive ? "semi:replica" : "",
		context.isDowntimed(instance) ? "downtimed" : "",
	]
		.filter((token) => token !== "")
		.join(",");

export const describe = (
	instance: Instance,
	context: DescriptionContext,
): Description => ({
	lag: lagOf(instance, context),
	status: statusOf(instance, context),
	version: printable(instance.version),
	mode: instance.readOnly ? "ro" : "rw",
	format: instance.logBin ? printable(instance.binlogFormat) : "nobinlog",
	extras: extrasOf(instance, context),
});

/** The fields as columns, empty ones kept. */
export const columnsOf = (description: Description): string[] => [
	description.lag,
	description.status,
	description.version,
	description.mode,
	description.format,
	description.extras,
];

/** `[0s,ok,8.0.34-log,rw,ROW,>>,GTID]`: the fields in brackets, empty ones dropped. */
export const bracketed = (
	instance: Instance,
	context: DescriptionContext,
): string =>
	`[${columnsOf(describe(instance, context))
		.filter((field) => field !== "")
		.join(",")}]`;
