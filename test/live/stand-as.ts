// For files that move the replicas of one system: by the servers' own word, who replicates from whom.

import { expect } from "vitest";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { replicateAsSaid, replicationOf } from "./findings.ts";
import type { System } from "./system.ts";

/** Long enough for a replica to get a row. */
const SOON_MS = 10_000;

const rowsOf = async (server: LabServer) =>
	JSON.stringify(await server.query("SELECT * FROM app.writes ORDER BY id"));

/**
 * Each replicates from the source beside it now, and what the primary writes comes to all of the system: nobody has got a row twice.
 * @param write a row of the primary
 */
export const standingAs =
	(system: () => System, write: () => Promise<unknown>) =>
	async (
		sources: readonly (readonly [LabServer, LabServer])[],
	): Promise<void> => {
		const { primary, replicas } = system();
		await replicateAsSaid(system(), sources);
		await write();
		const wanted = await rowsOf(primary);
		await waitUntil(
			"everybody has the rows",
			async () =>
				(await Promise.all(replicas.map(rowsOf))).every(
					(rows) => rows === wanted,
				),
			SOON_MS,
		);
		for (const [server] of sources)
			expect(await replicationOf(server)).toMatchObject({ runs: true });
	};
