// Baton as the one who mends or switches; Temporal has the record.

import type { Envelope } from "../test/lab/baton-process.ts";
import { waitUntil } from "../test/lab/replication.ts";
import type { LabServer } from "../test/lab/server.ts";
import type { Rescuer } from "./failure-run.ts";
import { type OperationRecord, readOperation } from "./operation-record.ts";
import type { Switcher } from "./takeover-run.ts";
import type { Manager } from "./watched-cluster.ts";

const ENDS_WITHIN_MS = 30_000;

/** Of a cluster that the manager watches. */
export const createBatonRescuer = (
	{ temporal }: Pick<Manager, "temporal">,
	identity: string,
): Rescuer<OperationRecord> => ({
	gaveUp: new Promise(() => {}),
	record: async ({ atMs }) => {
		let record: OperationRecord | undefined;
		await waitUntil(
			`the end of the recovery of ${identity}`,
			async () => {
				record = await readOperation(temporal, identity, atMs);
				return record !== undefined;
			},
			ENDS_WITHIN_MS,
		);
		if (record === undefined || !record.outcome.successful)
			throw new Error(
				`the recovery did not succeed: ${record?.outcome.says ?? "no record"}`,
			);
		return record;
	},
});

/** The server that Baton has for the primary of the cluster. @throws when it is none of these */
export const primaryAmong = async (
	{ baton }: Pick<Manager, "baton">,
	identity: string,
	servers: readonly LabServer[],
): Promise<LabServer> => {
	const { Key } = await baton.get<{
		Key: { Hostname: string; Port: number };
	}>(`master/${identity}`);
	const found = servers.find(
		({ host, port }) => host === Key.Hostname && port === Key.Port,
	);
	if (found === undefined)
		throw new Error(`Baton's primary ${Key.Hostname}:${Key.Port} is not ours`);
	return found;
};

/** `graceful-master-takeover-auto`, asked for over the API. */
export const createBatonSwitcher = (
	{ baton, temporal }: Pick<Manager, "baton" | "temporal">,
	identity: string,
): Switcher<OperationRecord> => ({
	switchOver: async () => {
		const answer = await baton.get<Envelope>(
			`graceful-master-takeover-auto/${identity}`,
		);
		if (answer.Code !== "OK") throw new Error(answer.Message);
	},
	record: async ({ atMs }) => {
		// Temporal's clock and ours are read one after the other.
		const record = await readOperation(temporal, identity, atMs - 1);
		if (record === undefined) throw new Error("Temporal has no record of it");
		return record;
	},
});
