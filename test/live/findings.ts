// What tests ask of a lab and of the Baton that watches it.

import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "mysql2/promise";
import { expect } from "vitest";
import { ACCOUNTS } from "../lab/accounts.ts";
import { checkWrites, compareServers } from "../lab/checker.ts";
import { replicaStatus, waitCaughtUp, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { isReadOnly, replicationThreads } from "../lab/trouble.ts";
import { connectWithin, within } from "../lab/writable-server.ts";
import type { WriteRecord } from "../lab/writes.ts";
import { explaining, FAILOVER_MS, logTail, type System } from "./system.ts";

/** A recovery as /api/audit-recovery tells it. */
export interface RecoveryRow {
	readonly Id: number;
	readonly UID: string;
	readonly IsSuccessful: boolean;
	readonly RecoveryEndTimestamp: string;
	readonly SuccessorKey: { readonly Hostname: string; readonly Port: number };
	readonly AnalysisEntry: { readonly Analysis: string };
}

export const recoveries = (system: System): Promise<RecoveryRow[]> =>
	system.baton.get<RecoveryRow[]>("audit-recovery");

/** The sentences recorded for a recovery, in order. */
export const stepsOf = async (system: System, uid: string): Promise<string[]> =>
	(
		await system.baton.get<{ Message: string }[]>(`audit-recovery-steps/${uid}`)
	).map((each) => each.Message);

/** Waits for the end of a recovery, the newest one. */
export async function recovered(
	system: System,
	deadlineMs = FAILOVER_MS,
): Promise<RecoveryRow> {
	let row: RecoveryRow | undefined;
	await explaining(system, () =>
		waitUntil(
			"a recovery that has ended",
			async () => {
				[row] = await recoveries(system);
				return row !== undefined && row.RecoveryEndTimestamp !== "";
			},
			deadlineMs,
		),
	);
	if (row === undefined) throw new Error("unreachable");
	return row;
}

/** Waits for a server other than `not` that is not read-only, and answers it. */
export async function newPrimary(
	system: System,
	not: LabServer,
	deadlineMs = FAILOVER_MS,
): Promise<LabServer> {
	let found: LabServer | undefined;
	await explaining(system, () =>
		waitUntil(
			`a writable server other than ${not.name}`,
			async () => {
				const others = system.servers.filter((each) => each !== not);
				found = (await writable(others))[0];
				return found !== undefined;
			},
			deadlineMs,
		),
	);
	if (found === undefined) throw new Error("unreachable");
	return found;
}

/** Of the servers that run, those that take writes. */
export async function writable(
	servers: readonly LabServer[],
): Promise<LabServer[]> {
	const open = await Promise.all(
		servers.map(async (each) => each.isRunning() && !(await isReadOnly(each))),
	);
	return servers.filter((_, index) => open[index]);
}

/** Looks all the time which servers take writes. */
export interface OpeningWatch {
	/** Waits until the last look at the server found it closed: what is killed before counts as open for as long as it takes to die. */
	seesClosed(server: LabServer): Promise<void>;
	/** Answers the names of servers that took writes at once; empty when there were none. */
	stop(): Promise<readonly string[]>;
}

/**
 * A time in which a server surely took writes: from the end of the first look that found it open to the beginning of the last. A look
 * may take long on a busy machine, and says nothing of when in it that was so.
 */
interface OpenTime {
	readonly server: LabServer;
	readonly fromMs: number;
	toMs: number;
}

/** One that runs and does not answer counts as it was when it last did: it may be open. */
export function watchOpenings(servers: readonly LabServer[]): OpeningWatch {
	const times: OpenTime[] = [];
	const open = new Set<LabServer>(servers);
	let isOver = false;
	const watch = async (server: LabServer) => {
		let time: OpenTime | undefined;
		let begunMs = 0;
		const saw = (isOpen: boolean) => {
			if (!isOpen) {
				time = undefined;
				open.delete(server);
				return;
			}
			open.add(server);
			if (time === undefined) {
				time = { server, fromMs: performance.now(), toMs: begunMs };
				times.push(time);
			}
			time.toMs = begunMs;
		};
		const look = async (connection: Connection) => {
			begunMs = performance.now();
			const [rows] = await within(
				connection.query("SELECT @@GLOBAL.read_only AS ro"),
				500,
			);
			saw((rows as { ro: number }[])[0]?.ro === 0);
		};
		while (!isOver)
			try {
				begunMs = performance.now();
				const connection = await connectWithin(server, ACCOUNTS.app, 500);
				try {
					for (; !isOver; await sleep(10)) await look(connection);
				} finally {
					connection.destroy();
				}
			} catch {
				saw(time !== undefined && server.isRunning());
				await sleep(10);
			}
	};
	const watches = servers.map(watch);
	return {
		seesClosed: (server) =>
			waitUntil(
				`${server.name} to be seen closed`,
				async () => !open.has(server),
			),
		stop: async () => {
			isOver = true;
			await Promise.all(watches);
			return times.flatMap((one, at) =>
				times
					.slice(at + 1)
					.filter(
						(other) =>
							other.server !== one.server &&
							Math.max(one.fromMs, other.fromMs) <=
								Math.min(one.toMs, other.toMs),
					)
					.map((other) => `${one.server.name} and ${other.server.name}`),
			);
		},
	};
}

/** Waits until clients can no longer write to the server. */
export const becomesReadOnly = (
	system: System,
	server: LabServer,
): Promise<void> =>
	explaining(system, () =>
		waitUntil(
			`${server.name} to be read-only`,
			() => isReadOnly(server),
			FAILOVER_MS,
		),
	);

/** "host:port" of the server's source, empty for none, and whether both threads run. */
export async function replicationOf(
	server: LabServer,
): Promise<{ source: string; runs: boolean }> {
	const row = (await replicaStatus(server)) ?? {};
	const host = String(row.Source_Host ?? row.Master_Host ?? "");
	const port = String(row.Source_Port ?? row.Master_Port ?? "");
	const is = (thread: string) =>
		(row[`Replica_${thread}_Running`] ?? row[`Slave_${thread}_Running`]) ===
		"Yes";
	return {
		source: host === "" ? "" : `${host}:${port}`,
		runs: is("IO") && is("SQL"),
	};
}

/** Each replicates, or does soon, from the source beside it, by its own word. */
export async function replicateAsSaid(
	system: System,
	sources: readonly (readonly [LabServer, Pick<LabServer, "name">])[],
): Promise<void> {
	for (const [server, source] of sources) {
		// One that was started again, and not moved, may be connecting.
		await waitUntil(
			`${server.name} to replicate`,
			async () => (await replicationOf(server)).runs,
		);
		expect(
			await replicationOf(server),
			`${server.name} ${logTail(system)}`,
		).toEqual({ source: source.name, runs: true });
	}
}

/** Every channel of the server by its name. */
export async function channelsOf(
	server: LabServer,
): Promise<
	Record<string, { source: string; receiver: string; applier: string }>
> {
	const rows = await server.query(
		server.flavor === "mysql"
			? "SHOW REPLICA STATUS"
			: "SHOW ALL SLAVES STATUS",
	);
	const told = rows.map((row) => {
		const of = (...names: readonly string[]) =>
			String(names.map((name) => row[name]).find((each) => each !== undefined));
		return [
			of("Channel_Name", "Connection_name"),
			{
				source: `${of("Source_Host", "Master_Host")}:${of("Source_Port", "Master_Port")}`,
				receiver: of("Replica_IO_Running", "Slave_IO_Running"),
				applier: of("Replica_SQL_Running", "Slave_SQL_Running"),
			},
		] as const;
	});
	return Object.fromEntries(told);
}

/** A receiver that was started again may be connecting: towards a source that answers it is not for long. */
const threadsAtRest = async (server: LabServer) => {
	const endMs = performance.now() + FAILOVER_MS;
	for (;;) {
		const threads = await replicationThreads(server);
		if (threads.receiver !== "Connecting" || performance.now() > endMs)
			return threads;
		await sleep(20);
	}
};

/** What clients and replicas see of each server. */
export const picture = (servers: readonly LabServer[]) =>
	Promise.all(
		servers.map(async (each) => {
			const threads = await threadsAtRest(each);
			return {
				name: each.name,
				readOnly: await isReadOnly(each),
				...(await replicationOf(each)),
				...threads,
			};
		}),
	);

/** Waits until each of the replicas replicates from the primary, then sees that they hold the same rows. */
export async function follows(
	system: System,
	replicas: readonly LabServer[],
	primary: LabServer,
	deadlineMs = FAILOVER_MS,
): Promise<void> {
	const wanted = { source: primary.name, runs: true };
	for (const replica of replicas) {
		await explaining(system, () =>
			waitUntil(
				`${replica.name} to replicate from ${primary.name}`,
				async () => {
					const now = await replicationOf(replica);
					return now.source === wanted.source && now.runs;
				},
				deadlineMs,
			),
		);
		await waitCaughtUp(replica, primary);
		expect(await compareServers(primary, replica)).toEqual({
			onlyOnFirst: [],
			onlyOnSecond: [],
		});
		expect(await isReadOnly(replica)).toBe(true);
	}
	// It is open before it forgets, which is the last thing.
	await explaining(system, () =>
		waitUntil(
			`${primary.name} to replicate from nobody`,
			async () => /^(_:.*)?$/.test((await replicationOf(primary)).source),
			deadlineMs,
		),
	);
}

/** No operation holds a cluster: it lets go a moment after its record is closed. */
export const nothingRuns = (system: System): Promise<void> =>
	explaining(system, () =>
		waitUntil("no operation to run", () =>
			system.inStore(
				async ({ operations }) => (await operations.running()).length === 0,
			),
		),
	);

/** Of the writes those that were refused, or whose client was ended: to be answered late, on a busy machine, is neither. */
export const refusedOrEnded = (
	records: readonly WriteRecord[],
): readonly WriteRecord[] =>
	records.filter(
		({ outcome, code }) => outcome !== "acknowledged" && code !== "NO_ANSWER",
	);

/** Ids are shown up to ten: a loss is known by its kind, not by all its members. */
export async function nothingLost(
	system: System,
	primary: LabServer,
	records: readonly WriteRecord[],
): Promise<void> {
	const check = await checkWrites(primary, records);
	const some = (ids: readonly number[]) => ids.slice(0, 10);
	expect(
		{
			missingAcknowledged: some(check.missingAcknowledged),
			duplicated: some(check.duplicated),
			strangers: some(check.strangers),
		},
		`${check.missingAcknowledged.length} acknowledged writes are missing on ${primary.name}, which has ${check.rows}\n${logTail(system)}`,
	).toEqual({ missingAcknowledged: [], duplicated: [], strangers: [] });
}

/** The topology stays as it is for so long: one writable primary, the replicas below it. */
export async function staysAsItIs(
	system: System,
	durationMs: number,
): Promise<void> {
	const { primary, replicas, servers } = system;
	const before = await recoveries(system);
	const endMs = performance.now() + durationMs;
	while (performance.now() < endMs) {
		const open = await writable(servers.filter((each) => each !== primary));
		if (open.length > 0)
			throw new Error(`${open[0]?.name} was made writable\n${logTail(system)}`);
		for (const replica of replicas) {
			const { source } = await replicationOf(replica);
			if (source !== primary.name)
				throw new Error(
					`${replica.name} was moved to '${source}'\n${logTail(system)}`,
				);
		}
		await sleep(200);
	}
	expect(await recoveries(system)).toHaveLength(before.length);
}

/** The finding about a server as replication-analysis tells it. */
export const analysisOf = async (
	system: System,
	server: LabServer,
): Promise<string> => {
	const answer = await system.baton.get<{
		Details: {
			Analysis: string;
			AnalyzedInstanceKey: { Port: number };
		}[];
	}>("replication-analysis");
	return (
		answer.Details.find((each) => each.AnalyzedInstanceKey.Port === server.port)
			?.Analysis ?? "NoProblem"
	);
};

export async function waitAnalysis(
	system: System,
	server: LabServer,
	code: string,
	deadlineMs = FAILOVER_MS,
): Promise<void> {
	let last = "";
	const end = performance.now() + deadlineMs;
	while (last !== code) {
		last = await analysisOf(system, server);
		if (performance.now() > end)
			throw new Error(
				`${server.name} is said to be ${last}, not ${code}, after ${deadlineMs} ms\n${logTail(system)}`,
			);
		await sleep(50);
	}
}
