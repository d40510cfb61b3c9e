import { channelsOf } from "./channels.ts";
import {
	type Instance,
	isLastCheckValid,
	type Replication,
	sourceOf,
} from "./instance.ts";
import type { InstanceName } from "./instance-name.ts";

// A primary may die between its opening and the moment in which all is in order: the channels that were last seen are those of before.

/** The store says that an operation made a server the primary of its cluster. */
export interface Opening {
	readonly instance: InstanceName;
	readonly atMs: number;
	/** Whom it replaced, as long as they have not been seen below it. */
	readonly inPlaceOf: readonly InstanceName[];
}

const NO_THREADS = {
	receiver: 0,
	applier: 0,
	lastReceiverErrno: 0,
	lastReceiverError: "",
} as const satisfies Partial<Replication>;

/** It was made to receive again after it was opened: somebody has decided so on the server. */
const receivesSince = (instance: Instance, atMs: number): boolean =>
	instance.check.seenAtMs >= atMs &&
	channelsOf(instance).some(({ receiver }) => receiver !== 0);

/** It has not forgotten whom it replaced, as far as was seen. */
const withoutSource = (opened: Instance, { atMs }: Opening): Instance =>
	channelsOf(opened).length === 0 || receivesSince(opened, atMs)
		? opened
		: {
				...opened,
				clusterName: opened.name,
				depth: 0,
				isCoMaster: false,
				replication: {
					...opened.replication,
					...NO_THREADS,
					sourceHost: "",
					sourcePort: 0,
					sourceUuid: "",
				},
				otherChannels: [],
			};

/** It was to follow the opened one, and still names who was replaced. What it says of that one says nothing of the other. */
const belowOpened = (
	instance: Instance,
	opened: Instance,
	{ inPlaceOf }: Opening,
): Instance => {
	const source = sourceOf(instance);
	return source === undefined ||
		!inPlaceOf.includes(source) ||
		instance.replication.receiver === 1
		? instance
		: {
				...instance,
				replication: {
					...instance.replication,
					...NO_THREADS,
					applier: instance.replication.applier,
					sourceHost: opened.host,
					sourcePort: opened.port,
					sourceUuid: opened.serverUuid,
				},
			};
};

/**
 * The instance as it counts while the opened server cannot be reached: that one replicates from nobody, and is followed by all who
 * followed whom it replaced.
 * @param opened the opened server as it was last seen
 */
export const asOpened = (
	instance: Instance,
	opening: Opening | undefined,
	opened: Instance | undefined,
): Instance => {
	if (opening === undefined || opened === undefined || isLastCheckValid(opened))
		return instance;
	return instance.name === opening.instance
		? withoutSource(instance, opening)
		: belowOpened(instance, opened, opening);
};

/** {@link asOpened} of each; the very list when that changes nothing. */
export const withOpening = (
	instances: readonly Instance[],
	opening: Opening | undefined,
): readonly Instance[] => {
	if (opening === undefined) return instances;
	const opened = instances.find(({ name }) => name === opening.instance);
	if (opened === undefined || isLastCheckValid(opened)) return instances;
	const now = instances.map((each) => asOpened(each, opening, opened));
	return now.every((each, at) => each === instances[at]) ? instances : now;
};

/** The same of several clusters at once. */
export const withOpenings = (
	instances: readonly Instance[],
	openings: readonly (Opening | undefined)[],
): readonly Instance[] => {
	const unseen = new Set(
		instances.flatMap((each) => (isLastCheckValid(each) ? [] : [each.name])),
	);
	return openings
		.filter((each) => each !== undefined && unseen.has(each.instance))
		.reduce((all, each) => withOpening(all, each), instances);
};
