/** Stores that hold one host under several spellings, as other programs and earlier versions have left them. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { seen } from "../../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import { instanceName } from "../../topology/instance-name.ts";
import type { Store } from "../contract.ts";

const NOW = Date.UTC(2026, 0, 1, 12);

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open({ clock: () => NOW });
});
afterEach(() => stores.remove());

const insert = (table: string, row: Readonly<Record<string, unknown>>) =>
	stores.sql(
		`insert into ${table} (${Object.keys(row).join(", ")}) values (${Object.keys(
			row,
		)
			.map(() => "?")
			.join(", ")})`,
		Object.values(row),
	);

/** Opens the store as this version finds one of before. @returns the store, and what was told */
const upgraded = async (): Promise<{ store: Store; lines: string[] }> => {
	const lines: string[] = [];
	await stores.sql(
		stores.backend === "sqlite"
			? "pragma user_version = 4"
			: "update baton_store set version = 4",
	);
	const opened = await stores.open({
		clock: () => NOW,
		log: (line: string) => void lines.push(line),
	});
	return {
		store: opened,
		lines: lines.filter((line) => line.startsWith("store: hosts")),
	};
};

const instance = (hostname: string, seen: string, more = {}) =>
	insert("database_instance", {
		hostname,
		port: 3306,
		last_checked: seen,
		last_seen: seen,
		master_host: "",
		cluster_name: `${hostname}:3306`,
		ancestry_uuid: "",
		executed_gtid_set: "",
		gtid_purged: "",
		gtid_errant: "",
		last_sql_error: "",
		last_io_error: "",
		slave_hosts: "",
		replication_group_members: "",
		...more,
	});

const OLD = "2026-01-01 10:00:00";
const NEW = "2026-01-01 11:00:00";

/** Two spellings that a case-insensitive column tells apart, too. */
const LONG = "0:0:0:0:0:0:0:1";

it("finds the instance of a row in mixed case, with all that is said of it", async () => {
	await instance("DB1", NEW, { version: "8.4.3" });
	await instance("db2", NEW, {
		master_host: "DB1",
		master_port: 3306,
		cluster_name: "DB1:3306",
	});
	await insert("database_instance_tags", {
		hostname: "DB1",
		port: 3306,
		tag_name: "disk",
		tag_value: "fast",
		last_updated: OLD,
	});
	await insert("baton_member", {
		hostname: "DB1",
		port: 3306,
		identity: "DB1:3306",
	});
	await insert("baton_cluster", {
		identity: "DB1:3306",
		cluster_name: "DB1:3306",
		epoch: 7,
		created_ms: 1,
	});
	await insert("cluster_alias", {
		cluster_name: "DB1:3306",
		alias: "shop",
		last_registered: NEW,
	});
	const { store: opened, lines } = await upgraded();
	expect(await opened.inventory.get("db1:3306")).toMatchObject({
		host: "db1",
		version: "8.4.3",
		clusterName: "db1:3306",
	});
	expect(
		(await opened.inventory.replicasOf("db1:3306")).map(({ name }) => name),
	).toEqual(["db2:3306"]);
	expect(await opened.tags.of("db1:3306")).toMatchObject([
		{ name: "disk", value: "fast" },
	]);
	expect(await opened.clusters.resolve("Db1:3306", 3306)).toMatchObject({
		identity: "DB1:3306",
		clusterName: "db1:3306",
		alias: "shop",
		epoch: 7,
	});
	expect(lines).toHaveLength(1);
	expect(lines[0]).toMatch(
		/^store: hosts have one spelling each now: \d+ respelled$/,
	);
	expect((await upgraded()).lines).toEqual([]);
});

it("folds columns that do not mind the case, as the reference makes them in MySQL, too", async () => {
	if (stores.backend === "mysql")
		for (const table of ["database_instance", "cluster_alias"])
			await stores.sql(`alter table ${table} convert to character set ascii`);
	await instance("DB1", NEW);
	await instance(LONG, OLD);
	await instance("::1", NEW);
	await insert("cluster_alias", {
		cluster_name: "DB1:3306",
		alias: "DB1:3306",
		last_registered: NEW,
	});
	await insert("baton_member", {
		hostname: "DB1",
		port: 3306,
		identity: "DB1:3306",
	});
	await upgraded();
	expect(
		await stores.sql(
			"select hostname, cluster_name from database_instance order by hostname",
		),
	).toEqual([
		{ hostname: "::1", cluster_name: "::1:3306" },
		{ hostname: "db1", cluster_name: "db1:3306" },
	]);
	expect(await stores.sql("select hostname from baton_member")).toEqual([
		{ hostname: "db1" },
	]);
	expect(await stores.sql("select alias from cluster_alias")).toEqual([]);
});

it("makes one of two rows: the one that was seen last stays, and nothing that was said of either is lost", async () => {
	await instance(LONG, OLD, { version: "8.0.1" });
	await instance("::1", NEW, { version: "8.4.3" });
	for (const [hostname, name, value] of [
		[LONG, "disk", "fast"],
		[LONG, "rack", "1"],
		["::1", "rack", "2"],
	])
		await insert("database_instance_tags", {
			hostname,
			port: 3306,
			tag_name: name,
			tag_value: value,
			last_updated: hostname === "::1" ? NEW : OLD,
		});
	for (const [hostname, pool] of [
		[LONG, "a"],
		["::1", "b"],
	])
		await insert("database_instance_pool", {
			hostname,
			port: 3306,
			pool,
			registered_at: NEW,
		});
	await insert("database_instance_downtime", {
		hostname: LONG,
		port: 3306,
		downtime_active: 1,
		begin_timestamp: OLD,
		end_timestamp: "2026-01-02 12:00:00",
		owner: "ann",
		reason: "disk",
	});
	await insert("candidate_database_instance", {
		hostname: LONG,
		port: 3306,
		last_suggested: NEW,
		promotion_rule: "prefer",
	});
	for (const hostname of [LONG, "::1"]) {
		await insert("baton_instance", {
			hostname,
			port: 3306,
			fingerprint: "",
			probe: "",
			detail: "",
		});
		await insert("baton_member", { hostname, port: 3306, identity: hostname });
		await insert("baton_cluster", {
			identity: hostname,
			cluster_name: `${hostname}:3306`,
			epoch: hostname === LONG ? 3 : 5,
			created_ms: 1,
		});
	}
	await insert("baton_member", { hostname: "r1", port: 3306, identity: LONG });
	await instance("r1", NEW, { cluster_name: `${LONG}:3306` });
	const { store: opened, lines } = await upgraded();
	const all = await opened.inventory.all();
	expect(all.map(({ name, version }) => [name, version])).toEqual([
		["::1:3306", "8.4.3"],
		["r1:3306", ""],
	]);
	expect(
		(await opened.tags.of(instanceName("::1", 3306))).map(({ name, value }) => [
			name,
			value,
		]),
	).toEqual([
		["disk", "fast"],
		["rack", "2"],
	]);
	expect((await opened.pools.members(0)).map(({ pool }) => pool)).toEqual([
		"a",
		"b",
	]);
	expect(await opened.downtimes.active(NOW)).toMatchObject([
		{ instance: "::1:3306", owner: "ann" },
	]);
	expect(await opened.candidates.since(0)).toMatchObject([
		{ instance: "::1:3306", rule: "prefer" },
	]);
	expect(await opened.clusters.all()).toMatchObject([
		{ identity: "::1", clusterName: "::1:3306", epoch: 5, countInstances: 2 },
	]);
	expect(lines[0]).toMatch(
		/ 5 rows were about the same as a newer one, which stays: 1 of baton_cluster, 1 of baton_instance, 1 of baton_member, 1 of database_instance, 1 of database_instance_tags$/,
	);
});

it("keeps records of both: of two periods that last one is over, and of two maintenances one has ended", async () => {
	for (const hostname of [LONG, "::1"]) {
		await insert("topology_failure_detection", {
			hostname,
			port: 3306,
			in_active_period: 1,
			start_active_period: OLD,
			end_active_period_unixtime: 0,
			analysis: "DeadMaster",
			cluster_name: `${hostname}:3306`,
			slave_hosts: "",
			is_actionable: 1,
		});
		await insert("database_instance_maintenance", {
			hostname,
			port: 3306,
			maintenance_active: 1,
			begin_timestamp: OLD,
			end_timestamp: NEW,
			owner: "ann",
			reason: "disk",
		});
		await insert("audit", {
			audit_timestamp: OLD,
			audit_type: "x",
			hostname,
			port: 3306,
			cluster_name: `${hostname}:3306`,
			message: "",
		});
	}
	await upgraded();
	expect(
		await stores.sql(
			"select hostname, in_active_period, cluster_name from topology_failure_detection order by detection_id",
		),
	).toEqual([
		{ hostname: "::1", in_active_period: 0, cluster_name: "::1:3306" },
		{ hostname: "::1", in_active_period: 1, cluster_name: "::1:3306" },
	]);
	expect(
		await stores.sql(
			"select hostname, maintenance_active from database_instance_maintenance order by maintenance_active",
		),
	).toEqual([
		{ hostname: "::1", maintenance_active: null },
		{ hostname: "::1", maintenance_active: 1 },
	]);
	expect(
		await stores.sql("select distinct hostname, cluster_name from audit"),
	).toEqual([{ hostname: "::1", cluster_name: "::1:3306" }]);
});

it("keeps of two clusters that were one the record of the primary on the higher word", async () => {
	const cluster = async (hostname: string, epoch: number, word: string) => {
		await insert("baton_cluster", {
			identity: hostname,
			cluster_name: `${hostname}:3306`,
			epoch,
			created_ms: 1,
		});
		await insert("baton_role", {
			identity: hostname,
			hostname,
			port: 3306,
			server: "",
			epoch,
			word,
			since_ms: epoch,
		});
	};
	await cluster(LONG, 3, "person");
	await cluster("::1", 5, "met");
	const { store: opened } = await upgraded();
	expect([...(await opened.roles.all())]).toMatchObject([
		["::1", { primary: "::1:3306", word: "person" }],
	]);
});

it("counts in a fence no epoch of the cluster that was given up", async () => {
	for (const [hostname, epoch] of [
		[LONG, 3],
		["::1", 5],
	] as const) {
		await insert("baton_cluster", {
			identity: hostname,
			cluster_name: `${hostname}:3306`,
			epoch,
			created_ms: 1,
		});
		await insert("baton_fence", {
			hostname: `old${epoch}`,
			port: 3306,
			identity: hostname,
			successor: "new:3306",
			since_ms: 1,
			epoch,
			state: "waiting",
			note: "",
			server: "",
		});
	}
	const { store: opened } = await upgraded();
	expect(
		(await opened.fences.all()).map(({ instance, identity, epoch }) => [
			instance,
			identity,
			epoch,
		]),
	).toEqual([
		["old3:3306", "::1", undefined],
		["old5:3306", "::1", 5],
	]);
});

it("leaves a store alone in which every host has its one spelling", async () => {
	await store.inventory.save([seen("db1"), seen("db2")]);
	await store.clusters.adopt("db1:3306", ["db1:3306", "db2:3306"]);
	const before = await stores.sql("select * from database_instance");
	expect((await upgraded()).lines).toEqual([]);
	expect(await stores.sql("select * from database_instance")).toEqual(before);
});
