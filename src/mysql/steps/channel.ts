import {
	type Instance,
	NO_REPLICATION,
	type Replication,
} from "../../topology/instance.ts";
import {
	type InstanceName,
	instanceName,
} from "../../topology/instance-name.ts";
import type { Row } from "../answer.ts";
import { ServerFault } from "../driver-error.ts";
import { channelsOf } from "../replica-status.ts";
import type { Reader } from "../step-session.ts";
import { someElsewhere, withWorkerErrors } from "../worker-errors.ts";

export const channelsIn = (instance: Instance): readonly Replication[] => [
	instance.replication,
	...instance.otherChannels,
];

/** Names a source; `_` stands for none. */
export const hasSource = ({ sourceHost, sourcePort }: Replication): boolean =>
	sourceHost !== "" && sourceHost !== "_" && sourcePort !== 0;

/** The channel of that name; one that is not there replicates from nobody. */
export const channelOf = (instance: Instance, name: string): Replication =>
	channelsIn(instance).find(
		(each) => each.channel === name && each.sourceHost !== "",
	) ?? { ...NO_REPLICATION, channel: name };

/** Whom the channel replicates from; undefined for nobody, and for a source that was taken away by name (`//host`). */
export const channelSource = (
	channel: Replication,
): InstanceName | undefined =>
	hasSource(channel) && !channel.sourceHost.startsWith("//")
		? instanceName(channel.sourceHost, channel.sourcePort)
		: undefined;

/** What the channel receives is known by GTID. A MySQL server with GTIDs tells it whatever its channel starts by. */
export const isByGtid = (instance: Instance, channel: Replication): boolean =>
	instance.supportsOracleGtid || channel.usingMariadbGtid;

const readStatus = async (
	reader: Pick<Reader, "dialect" | "read">,
	deadlineMs?: number,
): Promise<readonly Row[]> => {
	const { dialect } = reader;
	const rows = await reader.read(dialect.replicaStatus, deadlineMs);
	const { workerErrors } = dialect.poll;
	if (workerErrors === "" || !someElsewhere(rows)) return rows;
	const errors = await reader
		.read(workerErrors, deadlineMs)
		.catch((error: unknown): readonly Row[] => {
			// Without the privilege the status itself tells where the error is.
			if (error instanceof ServerFault && error.outcome === "refused-by-server")
				return [];
			throw error;
		});
	return withWorkerErrors(rows, errors, dialect.replicaStatusColumns.channel);
};

/** The channel as it is now, in one query, unless its applier has failed: for waiting. */
export const readChannel = async (
	reader: Pick<Reader, "dialect" | "read">,
	name: string,
	deadlineMs?: number,
): Promise<Replication> => {
	const { replication, otherChannels } = channelsOf(
		await readStatus(reader, deadlineMs),
		reader.dialect.replicaStatusColumns,
	);
	return (
		[replication, ...otherChannels].find((each) => each.channel === name) ?? {
			...NO_REPLICATION,
			channel: name,
		}
	);
};

/** How a channel is told to people: nothing for the default one. */
export const through = (channel: string): string =>
	channel === "" ? "" : ` (channel ${channel})`;
