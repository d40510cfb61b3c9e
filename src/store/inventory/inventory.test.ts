import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { seenAt, server } from "../../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import { foldHost } from "../../topology/host.ts";
import {
	type Instance,
	isLastCheckValid,
	unknownInstance,
} from "../../topology/instance.ts";
import {
	type InstanceName,
	instanceName,
} from "../../topology/instance-name.ts";
import type { Store } from "../contract.ts";

const T0 = Date.UTC(2026, 0, 1, 12, 0, 0, 250);

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const probed = (host: string, change: Partial<Instance> = {}): Instance =>
	server(host, 1, {
		check: { ...seenAt(T0), attemptedAtMs: T0 - 7, latencyMs: 7.25 },
		uptimeSeconds: 100,
		clusterName: "db1:3306",
		...change,
	});

const text = fc.string({ maxLength: 12 });
const count = fc.nat({ max: 2 ** 31 });
const port = fc.nat({ max: 65_535 });
const small = fc.nat({ max: 255 });
const position = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const coordinates = fc.record({ file: text, position });
const names = fc.array(
	fc.constantFrom<InstanceName[]>(
		"db1:3306",
		"db2:3307",
		instanceName("::1", 3306),
		"10.0.0.1:1",
	),
	{ maxLength: 3 },
);
const thread = fc.constantFrom(-1 as const, 0 as const, 1 as const, 2 as const);
const maybe = fc.option(count, { nil: null });

const replication = fc.record({
	channel: text,
	sourceHost: text.map(foldHost),
	sourcePort: port,
	sourceUuid: text,
	user: text,
	receiver: thread,
	applier: thread,
	readCoordinates: coordinates,
	execCoordinates: coordinates,
	relayCoordinates: coordinates,
	retrievedGtid: text,
	lastReceiverError: text,
	lastReceiverErrno: count,
	lastApplierError: text,
	secondsBehind: maybe,
	sqlDelaySeconds: count,
	usingOracleGtid: fc.boolean(),
	usingMariadbGtid: fc.boolean(),
	hasFilters: fc.boolean(),
	allowTls: fc.boolean(),
	heartbeatPeriodSeconds: fc.constantFrom(0, 0.5, 30),
	silentForMs: maybe,
	heartbeats: maybe,
});

const semiSync = fc.record({
	available: fc.boolean(),
	sourceEnabled: fc.boolean(),
	sourceActive: fc.boolean(),
	sourceTimeoutMs: position,
	waitForReplicaCount: count,
	waitPoint: text,
	clients: count,
	replicaEnabled: fc.boolean(),
	replicaActive: fc.boolean(),
	priority: small,
});

const group = fc.record({
	name: text,
	singlePrimary: fc.boolean(),
	memberState: text,
	memberRole: text,
	members: names,
	primary: fc.constantFrom("" as const, "db1:3306" as const),
});

const anyInstance: fc.Arbitrary<Instance> = fc
	.record({
		replication,
		otherChannels: fc.array(replication, { maxLength: 2 }),
		findings: fc.array(
			fc.record({ about: text, privilege: text, says: text }),
			{ maxLength: 2 },
		),
		semiSync,
		group,
		uptimeSeconds: count,
		serverId: count,
		serverUuid: text,
		versionComment: text,
		majorVersion: text,
		flavor: fc.constantFrom(
			"MySQL" as const,
			"MariaDB" as const,
			"unknown" as const,
		),
		readOnly: fc.boolean(),
		superReadOnly: fc.boolean(),
		logBin: fc.boolean(),
		logReplicaUpdates: fc.boolean(),
		binlogFormat: text,
		binlogRowImage: text,
		selfCoordinates: coordinates,
		gtidMode: text,
		supportsOracleGtid: fc.boolean(),
		executedGtid: text,
		binlogGtidState: text,
		purgedGtid: text,
		errantGtid: text,
		replicas: names,
		lagSeconds: maybe,
		replicationCredentialsAvailable: fc.boolean(),
		isBinlogServer: fc.boolean(),
		usingPseudoGtid: fc.boolean(),
		dataCenter: text,
		region: text,
		environment: text,
		instanceAlias: text,
		promotionRule: fc.constantFrom(
			"must" as const,
			"neutral" as const,
			"must_not" as const,
		),
		suggestedClusterAlias: text,
		clusterDomain: text,
		// As names of servers are kept: in lower case.
		clusterName: text.map((drawn) => drawn.toLowerCase()),
		depth: small,
		isCoMaster: fc.boolean(),
		ancestryUuid: text,
	})
	.map((change) => probed("db1", change));

describe("an instance", () => {
	it("comes back exactly as it was saved, over whatever was there", async () => {
		await fc.assert(
			fc.asyncProperty(anyInstance, async (instance) => {
				await store.inventory.save([instance]);
				expect(await store.inventory.get("db1:3306")).toEqual(instance);
			}),
			{ numRuns: 150 },
		);
	});

	it("comes back from a reopened file, and unknown ones do too", async () => {
		await store.inventory.save([probed("db2"), unknownInstance("db1", 3306)]);
		await store.close();
		store = await stores.open();
		expect(await store.inventory.all()).toEqual([
			unknownInstance("db1", 3306),
			probed("db2"),
		]);
	});

	it("is in the reference's columns in the reference's form", async () => {
		const base = probed("db2");
		await store.inventory.save([
			{
				...base,
				replicas: ["db3:3306"],
				replication: {
					...base.replication,
					sourceHost: "db1",
					sourcePort: 3306,
					receiver: 1,
					applier: 0,
					user: "repl",
				},
			},
		]);
		const [row] = await stores.sql("select * from database_instance");
		expect(row).toMatchObject({
			last_checked: "2026-01-01 12:00:00",
			last_seen: "2026-01-01 12:00:00",
			last_check_partial_success: 1,
			slave_io_running: 1,
			slave_sql_running: 0,
			slave_hosts: '[{"Hostname":"db3","Port":3306}]',
			num_slave_hosts: 1,
			has_replication_credentials: 1,
			last_discovery_latency: 7_250_000,
			seconds_behind_master: null,
		});
	});
});

describe("saving a check", () => {
	const failure = (ms: number) =>
		({
			outcome: "timeout",
			checkedAtMs: ms,
			attemptedAtMs: ms - 1000,
			seenAtMs: 0,
			partialSuccess: false,
			error: "no answer within 1 s",
			latencyMs: 0,
		}) as const;

	it("that failed changes nothing but the check", async () => {
		const good = probed("db1", { executedGtid: "x:1-5" });
		await store.inventory.save([good]);
		await store.inventory.save([
			{ ...unknownInstance("db1", 3306), check: failure(T0 + 100) },
		]);
		const kept = await store.inventory.get("db1:3306");
		expect(kept).toEqual({
			...good,
			check: { ...failure(T0 + 100), seenAtMs: T0, latencyMs: 7.25 },
		});
		expect(kept && isLastCheckValid(kept)).toBe(false);
		const invalid = await stores.sql(
			"select count(*) as n from database_instance where last_seen < last_checked",
		);
		expect(invalid).toEqual([{ n: 1 }]);
	});

	it("that failed on a row of another program keeps that row", async () => {
		await stores.sql(
			"insert into database_instance (hostname, port, last_checked, last_seen, version, cluster_name) values ('old', 3306, '2026-01-01 00:00:00', '2026-01-01 00:00:00', '5.7.44', 'old:3306')",
		);
		await store.inventory.save([
			{ ...unknownInstance("old", 3306), check: failure(T0) },
		]);
		expect(await store.inventory.get("old:3306")).toMatchObject({
			version: "5.7.44",
			flavor: "MySQL",
			clusterName: "old:3306",
			check: { outcome: "timeout", seenAtMs: Date.UTC(2026, 0, 1) },
		});
	});

	it("that never took place leaves a known row alone", async () => {
		await store.inventory.save([probed("db1")]);
		await store.inventory.save([unknownInstance("db1", 3306)]);
		expect(await store.inventory.get("db1:3306")).toEqual(probed("db1"));
	});

	it("with nothing new writes the check's columns only", async () => {
		await store.inventory.save([probed("db1")]);
		await stores.sql("update database_instance set version = 'touched'");
		const later = probed("db1", {
			uptimeSeconds: 101,
			check: {
				...probed("db1").check,
				checkedAtMs: T0 + 1000,
				seenAtMs: T0 + 1000,
			},
		});
		await store.inventory.save([later]);
		expect(await store.inventory.get("db1:3306")).toEqual({
			...later,
			version: "touched",
		});
		await store.inventory.save([{ ...later, readOnly: true }]);
		expect(await store.inventory.get("db1:3306")).toEqual({
			...later,
			readOnly: true,
		});
	});

	it("gives way to a later check by another program, and writes the whole row again after it", async () => {
		await store.inventory.save([probed("db1")]);
		await stores.sql(
			"update database_instance set version = '9.9.9', last_checked = '2026-01-01 12:30:00', last_seen = '2026-01-01 12:30:00'",
		);
		const theirs = Date.UTC(2026, 0, 1, 12, 30);
		expect(await store.inventory.get("db1:3306")).toMatchObject({
			version: "9.9.9",
			check: { outcome: "ok", checkedAtMs: theirs, seenAtMs: theirs },
		});
		const later = probed("db1", {
			check: {
				...probed("db1").check,
				checkedAtMs: theirs + 60_000,
				seenAtMs: theirs + 60_000,
			},
		});
		await store.inventory.save([later]);
		expect(await store.inventory.get("db1:3306")).toEqual(later);
	});
});

describe("finding instances", () => {
	it("by cluster name, identity and source; forgetting", async () => {
		const replica = (host: string, clusterName: string) =>
			probed(host, {
				clusterName,
				replication: {
					...probed(host).replication,
					sourceHost: "db1",
					sourcePort: 3306,
				},
			});
		await store.inventory.save([
			probed("db1"),
			replica("db3", "db1:3306"),
			replica("db2", "elsewhere:3306"),
			probed("other", { clusterName: "other:3306" }),
		]);
		const hosts = (found: Instance[]) => found.map((each) => each.host);
		expect(hosts(await store.inventory.ofCluster("db1:3306"))).toEqual([
			"db1",
			"db3",
		]);
		expect(hosts(await store.inventory.replicasOf("db1:3306"))).toEqual([
			"db2",
			"db3",
		]);
		// Nobody adopted anything yet: the row's cluster name is the identity.
		expect(hosts(await store.inventory.ofIdentity("db1:3306"))).toEqual([
			"db1",
			"db3",
		]);
		const identity = await store.clusters.adopt("db1:3306", [
			"db1:3306",
			"db2:3306",
		]);
		expect(hosts(await store.inventory.ofIdentity(identity))).toEqual([
			"db1",
			"db2",
			"db3",
		]);
		expect(await store.inventory.forget("db2:3306")).toBe(true);
		expect(await store.inventory.forget("db2:3306")).toBe(false);
		expect(hosts(await store.inventory.ofIdentity(identity))).toEqual([
			"db1",
			"db3",
		]);
		expect(await store.clusters.identityOf("db2:3306")).toBeUndefined();
	});

	it("forgotten ones are not brought back by what was known of them before", async () => {
		const { inventory, clusters } = store;
		const [db1, db2, db3] = ["db1", "db2", "db3"].map((host) => probed(host));
		if (!db1 || !db2 || !db3) throw new Error("not made up");
		await inventory.save([db1, db2]);
		const members = ["db1:3306", "db2:3306", "db3:3306"] as const;
		await clusters.adopt("db1:3306", members);
		await inventory.forget("db2:3306");
		await inventory.save([db1, db2, db3], { onlyKnown: true });
		await clusters.adopt("db1:3306", members, () => false);
		// One that is in its cluster and has not been seen yet is known.
		expect(await inventory.names()).toEqual(["db1:3306", "db3:3306"]);
		const homes = async () =>
			(await clusters.members()).map(({ instance }) => instance).toSorted();
		expect(await homes()).toEqual(["db1:3306", "db3:3306"]);
		await inventory.recall("db2:3306");
		await inventory.save([db2]);
		await clusters.adopt("db1:3306", members, () => false);
		expect(await homes()).toEqual(members);
	});

	it("saves more than one transaction holds", async () => {
		const many = Array.from({ length: 250 }, (_, index) =>
			probed(`db${String(index).padStart(3, "0")}`),
		);
		await store.inventory.save(many);
		expect(await store.inventory.all()).toEqual(many);
	});
});
