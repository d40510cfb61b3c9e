/** Rows as orchestrator writes them, without anything of Baton's beside them. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import { analyse } from "../analysis/analysis.ts";
import { ANALYSIS_DEFAULTS } from "../analysis/facts.ts";
import type { AnalysisCode } from "../analysis/taxonomy-row.ts";
import type { Store } from "../store/contract.ts";
import {
	doubtfulSnapshots,
	snapshotsOfCluster,
	snapshotsOfStore,
} from "./snapshots-of-store.ts";

const NOW = Date.UTC(2026, 0, 2, 12);
const at = (secondsAgo: number): string =>
	new Date(NOW - secondsAgo * 1000)
		.toISOString()
		.slice(0, 19)
		.replace("T", " ");

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open({ clock: () => NOW });
});
afterEach(() => stores.remove());

type Row = Readonly<Record<string, string | number | null>>;

const SEEN = {
	last_checked: at(1),
	last_attempted_check: at(1),
	last_seen: at(1),
	last_check_partial_success: 1,
};
const FAILED = {
	...SEEN,
	last_seen: at(60),
	last_check_partial_success: 0,
};

const insert = async (row: Row): Promise<void> => {
	const columns = Object.keys(row);
	await stores.sql(
		`INSERT INTO database_instance (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
		Object.values(row),
	);
};

/** A row in which every column of the reference's table has its value. */
const row = async (hostname: string, change: Row = {}): Promise<void> => {
	const template = await stores.sql(
		"SELECT name, type FROM pragma_table_info('database_instance') WHERE name NOT LIKE 'baton%'",
	);
	const blank = Object.fromEntries(
		template.map(({ name, type }) => [
			String(name),
			/int/i.test(String(type)) ? 0 : "",
		]),
	);
	await insert({
		...blank,
		...SEEN,
		hostname,
		port: 3306,
		version: "8.0.34",
		major_version: "8.0",
		log_bin: 1,
		log_slave_updates: 1,
		binlog_format: "ROW",
		gtid_mode: "ON",
		cluster_name: "db1:3306",
		slave_hosts: "[]",
		replication_group_members: "[]",
		replication_group_is_single_primary_mode: 1,
		replication_io_thread_state: -1,
		replication_sql_thread_state: -1,
		seconds_behind_master: null,
		slave_lag_seconds: null,
		...change,
	});
};

const REPLICATES = {
	slave_io_running: 1,
	slave_sql_running: 1,
	replication_io_thread_state: 1,
	replication_sql_thread_state: 1,
	seconds_behind_master: 0,
	slave_lag_seconds: 0,
};
/** The receiver tries: `Slave_IO_Running` says Connecting, which the flag calls 0 and the state 2. */
const CONNECTING = {
	...REPLICATES,
	slave_io_running: 0,
	replication_io_thread_state: 2,
	last_io_error: "\"error connecting to master 'repl@db1:3306'\"",
	seconds_behind_master: null,
	slave_lag_seconds: null,
};
const BROKEN = {
	...CONNECTING,
	replication_io_thread_state: 0,
	last_io_error: '"Got fatal error 1236 from master"',
};
const replica = (hostname: string, state: Row, change: Row = {}) =>
	row(hostname, {
		master_host: "db1",
		master_port: 3306,
		master_log_file: "binlog.000001",
		oracle_gtid: 1,
		read_only: 1,
		replication_depth: 1,
		...state,
		...change,
	});

const codes = async (): Promise<Record<string, AnalysisCode>> => {
	const entries = (await snapshotsOfStore(store, NOW)).flatMap((snapshot) =>
		analyse(snapshot, ANALYSIS_DEFAULTS),
	);
	return Object.fromEntries(
		entries.map((each) => [each.facts.instance.host, each.code]),
	);
};

describe("a store that orchestrator filled is analysed to its codes", () => {
	it.each<[AnalysisCode, Row, Row]>([
		["NoProblem", SEEN, REPLICATES],
		["DeadMaster", FAILED, CONNECTING],
		["DeadMaster", FAILED, BROKEN],
		["DeadMaster", { ...FAILED, last_seen: null }, CONNECTING],
		["UnreachableMaster", FAILED, REPLICATES],
		["MasterSingleReplicaNotReplicating", SEEN, CONNECTING],
		["DeadMasterAndReplicas", FAILED, { ...REPLICATES, ...FAILED }],
		["MasterSingleReplicaDead", SEEN, { ...REPLICATES, ...FAILED }],
	])("%s", async (code, primary, state) => {
		await row("db1", primary);
		await replica("db2", state);
		expect((await codes()).db1).toBe(code);
	});

	it("may be acted on, since the replicas say that they lost their source", async () => {
		await row("db1", FAILED);
		await replica("db2", CONNECTING);
		await replica("db3", BROKEN);
		const [snapshot] = await snapshotsOfStore(store, NOW);
		if (snapshot === undefined) throw new Error("no snapshot");
		expect(
			analyse(snapshot, ANALYSIS_DEFAULTS).find(
				(each) => each.instance === "db1:3306",
			),
		).toMatchObject({ code: "DeadMaster", isActionable: true });
	});

	it("with a check that started long ago and did not end as one that failed", async () => {
		await row("db1", {
			...SEEN,
			last_attempted_check: at(1),
			last_checked: at(20),
			last_seen: at(20),
		});
		await replica("db2", REPLICATES);
		expect((await codes()).db1).toBe("UnreachableMaster");
	});

	it("intermediate sources, and what replicates from the dead", async () => {
		await row("db1");
		await replica("db2", { ...REPLICATES, ...FAILED });
		const below = { master_host: "db2", replication_depth: 2 };
		await replica("db3", CONNECTING, below);
		await replica("db4", CONNECTING, below);
		expect(await codes()).toEqual({
			db1: "MasterSingleReplicaDead",
			db2: "DeadIntermediateMaster",
			db3: "NoProblem",
			db4: "NoProblem",
		});
	});

	it("co-primaries", async () => {
		await replica(
			"db1",
			{ ...REPLICATES, ...FAILED, is_co_master: 1 },
			{
				master_host: "db2",
			},
		);
		await replica("db2", { ...CONNECTING, is_co_master: 1 });
		expect((await codes()).db1).toBe("DeadCoMaster");
	});

	it.each([
		CONNECTING.last_io_error,
		"Error reconnecting to source 'repl@db1:3306'. Message:\nno route",
		"Fatal error while\nconnecting to master",
	])(
		"a first-tier replica that fails to connect: %s",
		async (last_io_error) => {
			await row("db1");
			await replica("db2", { ...CONNECTING, last_io_error });
			await replica("db3", REPLICATES);
			expect((await codes()).db2).toBe(
				"FirstTierReplicaFailingToConnectToMaster",
			);
		},
	);
});

it("a lock of semi-sync is one when the position is known to stand still", async () => {
	await row("db1", {
		semi_sync_master_enabled: 1,
		semi_sync_master_status: 1,
		semi_sync_master_wait_for_slave_count: 1,
		binary_log_file: "binlog.000001",
		binary_log_pos: 157,
	});
	await replica("db2", REPLICATES);
	expect((await codes()).db1).toBe("LockedSemiSyncMasterHypothesis");
	const coordinates = { file: "binlog.000001", position: 157 };
	await store.stalePositions.note("db1:3306", coordinates, NOW - 11_000);
	expect((await codes()).db1).toBe("LockedSemiSyncMaster");
});

it("carries alias, downtimes and maintenances of the cluster, and nobody else's", async () => {
	await row("db1");
	await row("other", { cluster_name: "other:3306" });
	await stores.sql(
		"INSERT INTO cluster_alias (cluster_name, alias, last_registered) VALUES (?, ?, ?)",
		["db1:3306", "shop", at(0)],
	);
	const span = { owner: "ann", reason: "disk", beganAtMs: NOW - 1_000 };
	for (const instance of ["db1:3306", "gone:3306"] as const) {
		await store.downtimes.begin({
			...span,
			instance,
			endsAtMs: NOW + 60_000,
		});
		await store.maintenances.begin({
			...span,
			instance,
			endsAtMs: NOW + 60_000,
			isExplicitlyBounded: true,
		});
	}
	expect(await snapshotsOfStore(store, NOW)).toMatchObject([
		{
			identity: "db1:3306",
			clusterName: "db1:3306",
			clusterAlias: "shop",
			takenAtMs: NOW,
			downtimes: [{ instance: "db1:3306" }],
			maintained: ["db1:3306"],
			staleCoordinates: [],
		},
		{ clusterName: "other:3306", downtimes: [], maintained: [] },
	]);
});

describe("a replica whose row carries another cluster name than its source's", () => {
	const sourceEntry = async () => {
		const entries = (await snapshotsOfStore(store, NOW)).flatMap((snapshot) =>
			analyse(snapshot, ANALYSIS_DEFAULTS),
		);
		expect(entries.map(({ instance }) => instance).sort()).toEqual([
			"db1:3306",
			"db2:3306",
			"db3:3306",
		]);
		return entries.find(({ instance }) => instance === "db1:3306");
	};

	it("is counted for its source all the same", async () => {
		await row("db1", FAILED);
		await replica("db2", CONNECTING);
		await replica("db3", REPLICATES, { cluster_name: "db3:3306" });
		const entry = await sourceEntry();
		expect(entry?.code).toBe("UnreachableMaster");
		expect(entry?.facts).toMatchObject({ count: 2, valid: 2, replicating: 1 });
	});

	it("counts as downtimed there, too", async () => {
		await row("db1");
		for (const host of ["db2", "db3"] as const) {
			await replica(host, CONNECTING, { cluster_name: "other:3306" });
			await store.downtimes.begin({
				instance: `${host}:3306`,
				owner: "ann",
				reason: "disk",
				beganAtMs: NOW - 1_000,
				endsAtMs: NOW + 60_000,
			});
		}
		expect(await sourceEntry()).toMatchObject({
			code: "AllMasterReplicasNotReplicating",
			isReplicasDowntimed: true,
		});
	});

	it("is in the picture of either cluster alone as it is in that of all", async () => {
		await row("db1");
		await replica("db2", REPLICATES);
		await replica("db3", REPLICATES, { cluster_name: "db3:3306" });
		await row("sound", { cluster_name: "sound:3306" });
		const all = await snapshotsOfStore(store, NOW);
		expect(all.map(({ clusterName }) => clusterName)).toEqual([
			"db1:3306",
			"db3:3306",
			"sound:3306",
		]);
		for (const each of all)
			expect(await snapshotsOfCluster(store, each.clusterName, NOW)).toEqual([
				each,
			]);
		expect(await snapshotsOfCluster(store, "nobody:3306", NOW)).toEqual([]);
	});

	it("makes both clusters worth an analysis", async () => {
		await row("db1");
		await replica("db2", REPLICATES);
		await replica("db3", REPLICATES, {
			cluster_name: "db3:3306",
			gtid_mode: "OFF",
		});
		await row("sound", { cluster_name: "sound:3306" });
		const doubtful = await doubtfulSnapshots(store, ANALYSIS_DEFAULTS, NOW);
		expect(doubtful.map(({ clusterName }) => clusterName)).toEqual([
			"db1:3306",
			"db3:3306",
		]);
		expect(
			doubtful.flatMap((each) => analyse(each, ANALYSIS_DEFAULTS))[0]
				?.structure,
		).toContain("DifferentGTIDModesStructureWarning");
	});
});

it("goes by the flags of the threads where a program wrote those alone", async () => {
	await row("db1");
	await replica("db2", {
		slave_io_running: 1,
		slave_sql_running: 1,
		replication_io_thread_state: 0,
		replication_sql_thread_state: 0,
	});
	expect((await codes()).db1).toBe("NoProblem");
	await stores.sql(
		"UPDATE database_instance SET slave_sql_running = 0, replication_sql_thread_state = 1, replication_io_thread_state = 1 WHERE hostname = 'db2'",
	);
	expect((await codes()).db1).toBe("MasterSingleReplicaNotReplicating");
	const [doubtful] = await doubtfulSnapshots(store, ANALYSIS_DEFAULTS, NOW);
	expect(doubtful?.clusterName).toBe("db1:3306");
});

it("a replica that names its source by what its host resolves to is its replica", async () => {
	await row("db1", FAILED);
	await replica("db2", REPLICATES, { master_host: "db1.example.com" });
	await store.hostnames.saveResolve({
		hostname: "db1",
		resolved: "db1.example.com",
		atMs: NOW,
	});
	expect((await codes()).db1).toBe("UnreachableMaster");
});
