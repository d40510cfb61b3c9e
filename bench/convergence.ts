// Whether a cluster is sound after a change of primary, asked of the servers
// themselves and not of Baton.

import {
	checkWrites,
	compareServers,
	type WriteCheck,
} from "../test/lab/checker.ts";
import { replicaStatus, waitCaughtUp } from "../test/lab/replication.ts";
import type { LabServer } from "../test/lab/server.ts";
import { isReadOnly, replicationThreads } from "../test/lab/trouble.ts";
import type { WriteRecord } from "../test/lab/writes.ts";

/** What is not as it should be, in sentences; empty when all of `others` replicate from the writable `primary`. */
export const troublesOf = async (
	primary: LabServer,
	others: readonly LabServer[],
): Promise<string[]> => {
	const troubles = (await isReadOnly(primary))
		? [`${primary.name} is read-only`]
		: [];
	for (const server of others) {
		if (!(await isReadOnly(server)))
			troubles.push(`${server.name} is writable`);
		const source = await sourceOf(server);
		if (source !== primary.name)
			troubles.push(
				`${server.name} replicates from ${source}, not from ${primary.name}`,
			);
		const { receiver, applier } = await replicationThreads(server);
		if (receiver !== "Yes" || applier !== "Yes")
			troubles.push(`${server.name}: receiver ${receiver}, applier ${applier}`);
	}
	return troubles;
};

export interface DataCheck extends WriteCheck {
	/** Servers that do not hold what the primary holds. */
	readonly differing: readonly string[];
}

/** After the last write: waits until all have applied it, then compares every row. */
export const checkData = async (
	primary: LabServer,
	others: readonly LabServer[],
	records: readonly WriteRecord[],
): Promise<DataCheck> => {
	const differing: string[] = [];
	for (const server of others) {
		await waitCaughtUp(server, primary);
		const { onlyOnFirst, onlyOnSecond } = await compareServers(primary, server);
		if (onlyOnFirst.length > 0 || onlyOnSecond.length > 0)
			differing.push(
				`${server.name} lacks ${onlyOnFirst.length} and has ${onlyOnSecond.length} rows of its own`,
			);
	}
	return { ...(await checkWrites(primary, records)), differing };
};

const sourceOf = async (server: LabServer): Promise<string> => {
	const status = await replicaStatus(server);
	if (status === undefined) return "none";
	const host = status["Source_Host"] ?? status["Master_Host"];
	const port = status["Source_Port"] ?? status["Master_Port"];
	return `${host}:${port}`;
};
