// One line about one server, whatever its condition.

import { replicaStatus, semiSyncState } from "./replication.ts";
import type { LabServer } from "./server.ts";
import { isReadOnly } from "./trouble.ts";
import { within } from "./writable-server.ts";

const DEADLINE_MS = 1_000;

export async function statusLine(server: LabServer): Promise<string> {
	const start = `${String(server.serverId).padStart(3)}  ${server.name}`;
	if (!server.isRunning()) return `${start}  down`;
	const asked = describe(server).catch(
		(error: Error) => `does not answer (${error.message})`,
	);
	const told = await within(asked, DEADLINE_MS).catch(() => "hung");
	return `${start}  pid ${server.pid}  ${told}`;
}

async function describe(server: LabServer): Promise<string> {
	const [readOnly, replica, semiSync] = await Promise.all([
		isReadOnly(server),
		replicaStatus(server),
		semiSyncState(server),
	]);
	const acknowledging = semiSync.active
		? `, semi-sync with ${semiSync.clients}`
		: "";
	const column = (name: string) =>
		replica?.[`Replica_${name}`] ??
		replica?.[`Source_${name}`] ??
		replica?.[`Slave_${name}`] ??
		replica?.[`Master_${name}`];
	const replication =
		replica === undefined
			? "replicates from none"
			: `replicates from ${column("Host")}:${column("Port")} (receiver ${column("IO_Running")}, applier ${column("SQL_Running")})`;
	return `${readOnly ? "read-only" : "writable"}, ${replication}${acknowledging}`;
}
