import type { Instance, Replication } from "./instance.ts";
import { type InstanceName, instanceName } from "./instance-name.ts";

/**
 * The channels by which an instance replicates, or is set up to replicate, detached ones included. Group replication's own
 * channels name no source and are not among them.
 */
export const channelsOf = ({
	replication,
	otherChannels,
}: Instance): readonly Replication[] =>
	[replication, ...otherChannels].filter(
		({ sourceHost, sourcePort }) =>
			sourceHost !== "" && sourceHost !== "_" && sourcePort !== 0,
	);

/** The source that the channel names; undefined for one that was detached on purpose (`//` before the host). */
const sourceOfChannel = ({
	sourceHost,
	sourcePort,
}: Replication): InstanceName | undefined =>
	sourceHost.startsWith("//")
		? undefined
		: instanceName(sourceHost, sourcePort);

/** The channels that point to the source: none when the instance does not replicate from it, and rarely more than one. */
export const channelsFrom = (
	instance: Instance,
	source: InstanceName,
): readonly Replication[] =>
	channelsOf(instance).filter((each) => sourceOfChannel(each) === source);

/**
 * It replicates by several channels. Two channels from one server count too (split by filters): an operation that moved one of
 * them would leave the other behind.
 */
export const isMultiSource = (instance: Instance): boolean =>
	channelsOf(instance).length > 1;

/** The channels for people: `from_a (a:3306), from_b (b:3306)`. */
export const channelsText = (instance: Instance): string =>
	channelsOf(instance)
		.map(
			({ channel, sourceHost, sourcePort }) =>
				`${channel === "" ? "the default one" : channel} (${sourceHost}:${sourcePort})`,
		)
		.join(", ");
