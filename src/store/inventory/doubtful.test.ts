import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { LOGGING, seen } from "../../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import {
	type AnalysisEntry,
	analyse,
	findings,
} from "../../analysis/analysis.ts";
import {
	ANALYSIS_DEFAULTS,
	type AnalysisSettings,
} from "../../analysis/facts.ts";
import { STRUCTURE } from "../../analysis/structure.ts";
import { ON_RECORD, SAMPLES } from "../../manual/analysis-samples.ts";
import {
	doubtfulSnapshots,
	snapshotsOfStore,
} from "../../reading/snapshots-of-store.ts";
import {
	type Instance,
	NO_REPLICATION,
	unknownInstance,
} from "../../topology/instance.ts";
import { instanceName } from "../../topology/instance-name.ts";
import { NO_MARK } from "../../topology/server-mark.ts";
import type { Store } from "../contract.ts";

const NOW = Date.UTC(2026, 0, 1, 12);
const STRICT: AnalysisSettings = {
	...ANALYSIS_DEFAULTS,
	enforceExactSemiSyncReplicas: true,
	recoverNonWriteablePrimary: true,
};

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open({ clock: () => NOW });
});
afterEach(() => stores.remove());

/** Host names and with them the cluster, so that many clusters of the same servers fit one store. */
const inCluster = (
	number: number,
	instances: readonly Instance[],
): Instance[] => {
	const host = (name: string) => (name === "" ? "" : `c${number}-${name}`);
	return instances.map((each) => ({
		...each,
		host: host(each.host),
		name: instanceName(host(each.host), each.port),
		clusterName: `c${number}`,
		replication: {
			...each.replication,
			sourceHost: host(each.replication.sourceHost),
		},
	}));
};

const server = (host: string, rest: Partial<Instance> = {}): Instance =>
	seen(
		host,
		{
			...LOGGING,
			flavor: "MySQL",
			version: "8.4.6",
			majorVersion: "8.4",
			gtidMode: "ON",
			...rest,
		},
		NOW,
	);

const replica = (host: string, source: string): Instance =>
	server(host, {
		readOnly: true,
		depth: 1,
		replication: {
			...NO_REPLICATION,
			sourceHost: source,
			sourcePort: 3306,
			receiver: 1,
			applier: 1,
			usingOracleGtid: true,
			heartbeatPeriodSeconds: 1,
			silentForMs: 200,
		},
	});

const SOUND = [
	server("a", {
		semiSync: {
			...unknownInstance("a", 1).semiSync,
			available: true,
			sourceEnabled: true,
			sourceActive: true,
			waitForReplicaCount: 1,
			clients: 1,
		},
	}),
	replica("b", "a"),
	replica("c", "a"),
	replica("d", "b"),
];

const told = (entries: readonly AnalysisEntry[]) =>
	entries.map(({ instance, code, structure, says }) => ({
		instance,
		code,
		structure,
		says,
	}));

/** What an analysis of everything finds, which is what one of the doubtful clusters alone has to find. */
const expectSameFindings = async (settings: AnalysisSettings) => {
	const of = (snapshots: Awaited<ReturnType<typeof snapshotsOfStore>>) =>
		told(findings(snapshots.flatMap((each) => analyse(each, settings))));
	const all = of(await snapshotsOfStore(store, NOW));
	expect(of(await doubtfulSnapshots(store, settings, NOW))).toEqual(all);
	return all;
};

it("leaves sound clusters out", async () => {
	await store.inventory.save([...inCluster(1, SOUND), ...inCluster(2, SOUND)]);
	expect(await doubtfulSnapshots(store, STRICT, NOW)).toEqual([]);
	await store.inventory.save(
		inCluster(2, SOUND).map((each) => ({ ...each, readOnly: true })),
	);
	const [doubtful, ...others] = await doubtfulSnapshots(store, STRICT, NOW);
	expect(doubtful?.instances.map((each) => each.host)).toEqual([
		"c2-a",
		"c2-b",
		"c2-c",
		"c2-d",
	]);
	expect(others).toEqual([]);
});

/** db1 of the sample with that prefix is the primary on record; db2 belongs to its cluster. */
const recordDb1 = async (prefix: Lowercase<string>): Promise<void> => {
	const db1 = `${prefix}-db1:3306` as const;
	const identity = await store.clusters.adopt(prefix, [
		db1,
		`${prefix}-db2:3306`,
	]);
	await store.roles.write(identity, {
		...ON_RECORD,
		epoch: 0,
		primary: db1,
	});
};

/** db1 of the sample with that prefix has replaced db2, as an operation or an adoption notes it. */
const replacedDb2 = async (prefix: Lowercase<string>): Promise<void> => {
	const db1 = `${prefix}-db1:3306` as const;
	await store.fences.put({
		instance: `${prefix}-db2:3306`,
		identity: (await store.clusters.identityOf(db1)) ?? "",
		successor: db1,
		sinceMs: 0,
		state: "rejoined",
		note: "",
		server: NO_MARK,
	});
};

it("finds every code in its sample", async () => {
	const samples = Object.entries(SAMPLES);
	await store.inventory.save(
		samples.flatMap(([, instances], index) => inCluster(index, instances)),
	);
	for (const [index, [code]] of samples.entries())
		if (/RecordedPrimary|ReplacedPrimary/.test(code))
			await recordDb1(`c${index}` as Lowercase<string>);
	for (const [index, [code]] of samples.entries())
		if (code === "ReplacedPrimaryTakesWrites")
			await replacedDb2(`c${index}` as Lowercase<string>);
	const found = await expectSameFindings(STRICT);
	const codes = new Set(found.map(({ code }) => code));
	// Each needs a position that is known to have stood still.
	for (const [code] of samples)
		if (code !== "NoProblem" && code !== "LockedSemiSyncMaster")
			expect(codes).toContain(code);
});

type Change = (instance: Instance) => Instance;
const set =
	(change: Partial<Instance>): Change =>
	(instance) => ({ ...instance, ...change });
const channel =
	(change: Partial<Instance["replication"]>): Change =>
	(instance) => ({
		...instance,
		replication: { ...instance.replication, ...change },
	});
const semiSync =
	(change: Partial<Instance["semiSync"]>): Change =>
	(instance) => ({
		...instance,
		semiSync: { ...instance.semiSync, ...change },
	});
const checked =
	(change: Partial<Instance["check"]>): Change =>
	(instance) => ({ ...instance, check: { ...instance.check, ...change } });

const CHANGES: readonly Change[] = [
	checked({ outcome: "timeout", seenAtMs: NOW - 60_000 }),
	checked({ outcome: "refused-by-server", seenAtMs: NOW - 60_000 }),
	checked({ outcome: "timeout", seenAtMs: NOW - 1 }),
	checked({ attemptedAtMs: NOW + 60_000 }),
	checked({
		outcome: "timeout",
		attemptedAtMs: NOW - 120_000,
		seenAtMs: NOW - 60_000,
	}),
	set({ readOnly: true }),
	set({ readOnly: false }),
	set({ isCoMaster: true }),
	set({ isBinlogServer: true }),
	set({ errantGtid: "00000000-0000-0000-0000-00000000000a:1" }),
	set({ logBin: false }),
	set({ logReplicaUpdates: false }),
	set({ binlogFormat: "MIXED" }),
	set({ binlogFormat: "STATEMENT" }),
	set({ majorVersion: "8.0" }),
	set({ gtidMode: "OFF" }),
	set({ gtidMode: "" }),
	set({ lagSeconds: 100 }),
	set({ depth: 2 }),
	set({
		group: {
			...unknownInstance("a", 1).group,
			name: "g",
			memberState: "ONLINE",
			memberRole: "PRIMARY",
		},
	}),
	channel({ receiver: 0 }),
	channel({ receiver: 2, lastReceiverError: "error connecting to source" }),
	channel({ applier: 0 }),
	channel({ silentForMs: 3_000 }),
	channel({ silentForMs: 2_999 }),
	channel({ silentForMs: null, heartbeatPeriodSeconds: 0 }),
	channel({ usingOracleGtid: false }),
	channel({ usingOracleGtid: false, usingMariadbGtid: true }),
	channel({ sourcePort: 0 }),
	channel({ sourceHost: "" }),
	channel({ sourceHost: "elsewhere" }),
	(instance) =>
		channel({ sourceHost: `//${instance.replication.sourceHost}` })(instance),
	semiSync({ clients: 0 }),
	semiSync({ clients: 2 }),
	semiSync({ sourceActive: false }),
	semiSync({ sourceActive: false, clients: 0 }),
	semiSync({ sourceEnabled: false }),
];

const changes = fc.array(
	fc.tuple(
		fc.nat({ max: SOUND.length - 1 }),
		fc.nat({ max: CHANGES.length - 1 }),
	),
	{ maxLength: 4 },
);

it("finds whatever an analysis of everything finds", async () => {
	const each = SOUND.flatMap((_, server) =>
		CHANGES.map((_, change) => [[server, change]] as [number, number][]),
	);
	const allReplicas = CHANGES.map((_, change) =>
		[1, 2, 3].map((server) => [server, change] as [number, number]),
	);
	const neighbours = CHANGES.map(
		(_, change) =>
			[
				[1, change],
				[2, change + 1],
			] as [number, number][],
	);
	const clusters = [
		...each,
		...allReplicas,
		...neighbours,
		...fc.sample(changes, 400),
	];
	await store.inventory.save(
		clusters.flatMap((changed, number) => {
			const instances = [...SOUND];
			for (const [at, index] of changed) {
				const instance = instances[at];
				const change = CHANGES[index];
				if (instance && change) instances[at] = change(instance);
			}
			return inCluster(number, instances);
		}),
	);
	const found = await expectSameFindings(STRICT);
	await expectSameFindings(ANALYSIS_DEFAULTS);
	const warned = new Set(found.flatMap(({ structure }) => structure));
	for (const { code } of STRUCTURE) expect(warned).toContain(code);
});

it("takes a row of nonsense for doubtful", async () => {
	await store.inventory.save(inCluster(1, SOUND));
	await stores.sql("UPDATE baton_instance SET probe = 'no JSON', detail = '['");
	expect(await doubtfulSnapshots(store, STRICT, NOW)).toEqual([]);
	await stores.sql(
		"UPDATE database_instance SET replication_io_thread_state = 7 WHERE hostname = 'c1-d'",
	);
	expect(await doubtfulSnapshots(store, STRICT, NOW)).toHaveLength(1);
});
