// For files whose replicas replicate by file and position while their primary is written to: they have every row once afterwards.

import { expect } from "vitest";
import { compareServers } from "../lab/checker.ts";
import type { LabServer } from "../lab/server.ts";
import { createWriter, type Writer } from "../lab/writer.ts";

export interface SteadyWrites {
	/** Until it is under way; nothing where it is. */
	start(): Promise<void>;
	/** Until the last write is answered. */
	stop(): Promise<void>;
	/** Until so many more writes are acknowledged. */
	waitAcknowledged(more: number): Promise<void>;
}

/** Writes of the primary that stands when they are begun, each with an id of its own. */
export const steadyWrites = (primary: () => LabServer): SteadyWrites => {
	let writer: Writer | undefined;
	let lastId = 0;
	return {
		start: async () => {
			if (writer !== undefined) return;
			writer = createWriter({
				servers: [primary()],
				ratePerSecond: 200,
				firstId: lastId + 1,
			});
			writer.start();
			await writer.waitAcknowledged(20);
		},
		stop: async () => {
			await writer?.stop();
			lastId = Math.max(lastId, ...(writer?.records ?? []).map(({ id }) => id));
			writer = undefined;
		},
		waitAcknowledged: async (more) => {
			await writer?.waitAcknowledged(more);
		},
	};
};

/** Row by row, with the writes stopped for that long. */
export const compareAll = async (
	writes: SteadyWrites,
	primary: LabServer,
	replicas: readonly LabServer[],
	caughtUp: (replica: LabServer) => Promise<void>,
): Promise<void> => {
	await writes.stop();
	for (const replica of replicas) {
		await caughtUp(replica);
		expect(await compareServers(primary, replica)).toEqual({
			onlyOnFirst: [],
			onlyOnSecond: [],
		});
	}
	await writes.start();
};
