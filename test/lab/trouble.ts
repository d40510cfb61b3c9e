// What can go wrong with a server besides dying, done on purpose. Where a state
// can be taken back, the function answers how.

import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, createConnection } from "mysql2/promise";
import { ACCOUNTS } from "./accounts.ts";
import { replicaStatus, setReadOnly } from "./replication.ts";
import type { LabServer } from "./server.ts";

/** Of sessions that were closed. */
const ENDS_WITHIN_MS = 100;

/** Ends the trouble. */
export type Relief = () => Promise<void>;

/** Events arrive in the relay log and are acknowledged, and are not applied. */
export async function blockApplier(replica: LabServer): Promise<Relief> {
	const word = replicaWord(replica);
	await replica.query(`STOP ${word} SQL_THREAD`);
	return async () => {
		await replica.query(`START ${word} SQL_THREAD`);
	};
}

/**
 * The applier runs and waits for a table lock on app.writes: it looks alive, and
 * only lags. Ends too when the server is killed.
 */
export async function stallApplier(replica: LabServer): Promise<Relief> {
	const connection = await replica.connect();
	// A read lock also excludes the applier, and is allowed while read-only.
	await connection.query("LOCK TABLES app.writes READ");
	return async () => connection.destroy();
}

/** The replica no longer receives; what it has received stays. */
export async function stopReceiver(replica: LabServer): Promise<Relief> {
	const word = replicaWord(replica);
	await replica.query(`STOP ${word} IO_THREAD`);
	return async () => {
		await replica.query(`START ${word} IO_THREAD`);
	};
}

/** A read-only server takes writes for as long as the work runs. */
async function whileWritable(
	server: LabServer,
	work: () => Promise<void>,
): Promise<void> {
	const wasReadOnly = await isReadOnly(server);
	if (wasReadOnly) await setReadOnly(server, false);
	try {
		await work();
	} finally {
		if (wasReadOnly) await setReadOnly(server, true);
	}
}

/**
 * Commits a transaction that no other server has, as careless administrators do.
 * The server is as read-only afterwards as it was before.
 */
export const commitErrant = (server: LabServer): Promise<void> =>
	whileWritable(server, async () => {
		await server.query("CREATE DATABASE IF NOT EXISTS errant");
		await server.query(
			"CREATE TABLE IF NOT EXISTS errant.notes (id INT AUTO_INCREMENT PRIMARY KEY)",
		);
		await server.query("INSERT INTO errant.notes VALUES ()");
	});

/** On MariaDB in a domain of its own: in that of the primary the appliers of others would break on it. */
export const commitApart = (
	server: LabServer,
	domain: number,
	sql: string,
): Promise<void> =>
	whileWritable(server, async () => {
		const connection = await server.connect();
		try {
			if (server.flavor === "mariadb")
				await connection.query(`SET SESSION gtid_domain_id = ${domain}`);
			await connection.query(sql);
		} finally {
			connection.destroy();
		}
	});

/**
 * Every new and present connection of the manager's account is refused with
 * "access denied", while the server works for everybody else. Not replicated.
 */
export async function denyOrchestrator(server: LabServer): Promise<Relief> {
	await changePassword(server, "another-secret");
	await killSessions(server, ACCOUNTS.orchestrator.user);
	return () => changePassword(server, ACCOUNTS.orchestrator.password);
}

/**
 * Uses up every connection, also the one that is reserved for administrators, so
 * that all new connections get "too many connections". Present ones stay.
 */
export async function exhaustConnections(server: LabServer): Promise<Relief> {
	const root = await server.connect();
	const held = [root];
	const [rows] = await root.query("SELECT @@GLOBAL.max_connections AS most");
	const most = Number((rows as { most: number }[])[0]?.most);
	// A low limit makes this quick; present connections over it stay.
	await root.query("SET GLOBAL max_connections = 10");
	// A session that was closed a moment ago leaves a place free when its end comes through.
	for (let before = 0; before < held.length; await sleep(ENDS_WITHIN_MS)) {
		before = held.length;
		await fill(held, () => connectAsApp(server));
		await fill(held, () => server.connect());
	}
	return async () => {
		await root.query(`SET GLOBAL max_connections = ${most}`);
		for (const connection of held) connection.destroy();
	};
}

/** Ends the sessions of an account, as a proxy or a load balancer would. */
async function killSessions(server: LabServer, user: string): Promise<number> {
	const sessions = await server.query(
		`SELECT id FROM information_schema.processlist WHERE user = '${user}'`,
	);
	for (const session of sessions)
		await ignoring(["ER_NO_SUCH_THREAD"], () =>
			server.query(`KILL ${Number(session.id ?? session.ID)}`),
		);
	return sessions.length;
}

/** As the server's clients see it. */
export async function isReadOnly(server: LabServer): Promise<boolean> {
	const [row] = await server.query("SELECT @@GLOBAL.read_only AS ro");
	return Number(row?.ro) === 1;
}

/** Whether the receiver and the applier are said to run. */
export async function replicationThreads(
	replica: LabServer,
): Promise<{ receiver: string; applier: string }> {
	const status = (await replicaStatus(replica)) ?? {};
	return {
		receiver: String(
			status.Replica_IO_Running ?? status.Slave_IO_Running ?? "No",
		),
		applier: String(
			status.Replica_SQL_Running ?? status.Slave_SQL_Running ?? "No",
		),
	};
}

function replicaWord(server: LabServer): "REPLICA" | "SLAVE" {
	return server.flavor === "mysql" ? "REPLICA" : "SLAVE";
}

/** Outside the binary log, and past super_read_only. */
async function changePassword(
	server: LabServer,
	password: string,
): Promise<void> {
	const wasReadOnly = await isReadOnly(server);
	const connection = await server.connect();
	try {
		await connection.query("SET SESSION sql_log_bin = 0");
		if (wasReadOnly) await setReadOnly(server, false);
		await connection.query(
			`ALTER USER '${ACCOUNTS.orchestrator.user}'@'%' IDENTIFIED BY '${password}'`,
		);
	} finally {
		if (wasReadOnly) await setReadOnly(server, true);
		connection.destroy();
	}
}

async function connectAsApp(server: LabServer): Promise<Connection> {
	const connection = await createConnection({
		host: server.host,
		port: server.port,
		...ACCOUNTS.app,
	});
	connection.on("error", () => {
		// The server may be killed while its connections are held.
	});
	return connection;
}

async function fill(
	held: Connection[],
	open: () => Promise<Connection>,
): Promise<void> {
	await ignoring(["ER_CON_COUNT_ERROR"], async () => {
		for (;;) held.push(await open());
	});
}

async function ignoring(
	codes: readonly string[],
	work: () => Promise<unknown>,
): Promise<void> {
	try {
		await work();
	} catch (error) {
		if (!codes.includes(String((error as { code?: unknown }).code)))
			throw error;
	}
}
