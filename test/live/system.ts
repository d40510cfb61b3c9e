// A lab with a Baton process that watches it, and what tests ask of both.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { ServerFlavor } from "../../setup/locate.mjs";
import type { Store } from "../../src/store/contract.ts";
import { openStore } from "../../src/store/open-store.ts";
import { type BatonProcess, startBaton } from "../lab/baton-process.ts";
import { checkWrites, compareServers } from "../lab/checker.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import type { LayOptions } from "../lab/laying.ts";
import { replicaStatus, waitCaughtUp, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { isReadOnly } from "../lab/trouble.ts";
import type { WriteRecord } from "../lab/writes.ts";

export const FLAVORS: readonly ServerFlavor[] = ["mysql", "mariadb"];

/** Of one test with servers and a Baton process, milliseconds. */
export const TEST_MS = 120_000;

/** A failover on a loaded machine takes a few seconds; one that did not come by then will not come. */
export const FAILOVER_MS = 15_000;

export interface SystemOptions extends Partial<LayOptions> {
	readonly flavor: ServerFlavor;
	/** Keys on top of the lab's own; what it is given knows the lab's folder. */
	readonly config?: (lab: Lab) => Readonly<Record<string, unknown>>;
	/** Default true: the topology is discovered and watched. */
	readonly watched?: boolean;
}

export interface System {
	readonly flavor: ServerFlavor;
	readonly lab: Lab;
	readonly baton: BatonProcess;
	readonly primary: LabServer;
	readonly replicas: readonly LabServer[];
	readonly servers: readonly LabServer[];
	/** Reads what Baton keeps. */
	inStore<T>(read: (store: Store) => Promise<T>): Promise<T>;
	stop(): Promise<void>;
}

/** A recovery as /api/audit-recovery tells it. */
export interface RecoveryRow {
	readonly Id: number;
	readonly UID: string;
	readonly IsSuccessful: boolean;
	readonly RecoveryEndTimestamp: string;
	readonly SuccessorKey: { readonly Hostname: string; readonly Port: number };
	readonly AnalysisEntry: { readonly Analysis: string };
}

export async function startSystem(options: SystemOptions): Promise<System> {
	const { flavor, config, watched, ...laying } = options;
	const lab = await createLab({ flavor });
	try {
		const topology = await lab.lay({ replicas: 3, ...laying });
		const baton = await startBaton({
			lab,
			...(config === undefined ? {} : { config: config(lab) }),
		});
		const system: System = {
			flavor,
			lab,
			baton,
			...topology,
			inStore: (read) => readStore(baton, read),
			stop: async () => {
				await baton.stop();
				await lab.stop();
			},
		};
		if (watched ?? true)
			await watchAll(system).catch(async (error: unknown) => {
				await baton.stop();
				throw error;
			});
		return system;
	} catch (error) {
		await lab.stop();
		throw error;
	}
}

async function readStore<T>(
	baton: BatonProcess,
	read: (store: Store) => Promise<T>,
): Promise<T> {
	const store = await openStore({
		file: join(baton.directory, "baton.sqlite3"),
		readOnly: true,
	});
	try {
		return await read(store);
	} finally {
		await store.close();
	}
}

/** Discovers the primary, and waits until every server is probed by the watcher, again and again. */
export async function watchAll(system: System): Promise<void> {
	const { host, port } = system.primary;
	const found = await system.baton.get<{ Code: string }>(
		`discover/${host}/${port}`,
	);
	expect(found.Code).toBe("OK");
	await waitWatched(system);
}

/** Discovery looks at each server once; only the watcher looks twice. */
export async function waitWatched(
	system: System,
	servers: readonly LabServer[] = system.servers,
): Promise<void> {
	const looks = new Map<string, Set<number>>();
	await waitUntil(
		`${servers.length} servers watched`,
		async () => {
			const known = await system.inStore((store) => store.inventory.all());
			for (const { name, check } of known)
				if (check.outcome === "ok")
					looks.set(name, (looks.get(name) ?? new Set()).add(check.seenAtMs));
			return servers.every((each) => (looks.get(each.name)?.size ?? 0) >= 3);
		},
		30_000,
	);
}

export const serverNamed = (system: System, name: string): LabServer => {
	const server = system.servers.find((each) => each.name === name);
	if (server === undefined) throw new Error(`no server ${name} in the lab`);
	return server;
};

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
	expect(await replicationOf(primary)).toEqual({ source: "", runs: false });
}

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

/** Waits for a text in what Baton wrote from now on, or from an earlier length of it. */
export async function waitLogged(
	system: System,
	text: string,
	from = 0,
	deadlineMs = FAILOVER_MS,
): Promise<void> {
	await explaining(system, () =>
		waitUntil(
			`'${text}' in the log`,
			async () => system.baton.output().slice(from).includes(text),
			deadlineMs,
		),
	);
}

/** A failed wait is told with the end of Baton's log. */
export async function explaining<T>(
	system: System,
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw new Error(
			`${error instanceof Error ? error.message : String(error)}\n${logTail(system)}`,
			{ cause: error },
		);
	}
}

export const logTail = (system: System): string =>
	readFileSync(join(system.baton.directory, "baton.log"), "utf8")
		.split("\n")
		.filter((line) => !line.includes('"msg":"request"'))
		.slice(-25)
		.join("\n");
