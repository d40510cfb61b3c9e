// Asks every server again and again whether it takes writes that it could acknowledge.

import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "mysql2/promise";
import { rowsOf } from "../../lab/connection.ts";
import type { LabServer } from "../../lab/server.ts";
import { within } from "../../lab/writable-server.ts";
import type { Sample } from "./exposure.ts";

export interface Sampler {
	readonly samples: readonly Sample[];
	stop(): Promise<void>;
}

const BETWEEN_MS = 12;
const DEADLINE_MS = 400;
const AWAY_MS = 40;

const QUESTION = {
	mysql: `SELECT @@GLOBAL.read_only AS closed, @@GLOBAL.rpl_semi_sync_source_enabled AS waits,
		@@GLOBAL.rpl_semi_sync_source_wait_for_replica_count AS wanted,
		(SELECT VARIABLE_VALUE FROM performance_schema.global_status
			WHERE VARIABLE_NAME = 'Rpl_semi_sync_source_clients') AS clients`,
	mariadb: `SELECT @@GLOBAL.read_only AS closed, @@GLOBAL.rpl_semi_sync_master_enabled AS waits, 1 AS wanted,
		(SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS
			WHERE VARIABLE_NAME = 'Rpl_semi_sync_master_clients') AS clients`,
} as const;

const isOpenIn = (row: Record<string, unknown>): boolean =>
	Number(row.closed) === 0 &&
	(Number(row.waits) === 0 || Number(row.clients) >= Number(row.wanted));

/** By the manager's account: what ends the clients of a server leaves that alone. */
export const startSampler = (
	servers: readonly LabServer[],
	aliasOf: (server: string) => string,
): Sampler => {
	const samples: Sample[] = [];
	let isStopped = false;

	const ask = async (
		server: LabServer,
		connection: Connection,
	): Promise<void> => {
		const askedAtMs = performance.now();
		const [row = {}] = await within(
			rowsOf(connection, QUESTION[server.flavor]),
			DEADLINE_MS,
		);
		samples.push({
			server: aliasOf(server.name),
			askedAtMs,
			toldAtMs: performance.now(),
			isOpen: isOpenIn(row),
		});
	};
	/** Down, hung, or not letting in: what was known of it ends here. */
	const missed = (server: LabServer): void => {
		const nowMs = performance.now();
		samples.push({
			server: aliasOf(server.name),
			askedAtMs: nowMs,
			toldAtMs: nowMs,
			isOpen: false,
		});
	};
	const lane = async (server: LabServer): Promise<void> => {
		let connection: Connection | undefined;
		while (!isStopped) {
			try {
				connection ??= await within(
					server.connect("orchestrator"),
					DEADLINE_MS,
				);
				await ask(server, connection);
				await sleep(BETWEEN_MS);
			} catch {
				missed(server);
				connection?.destroy();
				connection = undefined;
				await sleep(AWAY_MS);
			}
		}
		connection?.destroy();
	};
	const lanes = servers.map(lane);
	return {
		samples,
		stop: async () => {
			isStopped = true;
			await Promise.all(lanes);
		},
	};
};
