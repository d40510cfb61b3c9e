/** Values at the ends of their columns, as another program, or a broken one, may have written them; on every database. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { seen } from "../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import { analyse } from "../analysis/analysis.ts";
import { ANALYSIS_DEFAULTS } from "../analysis/facts.ts";
import {
	doubtfulSnapshots,
	snapshotsOfStore,
} from "../reading/snapshots-of-store.ts";
import { threadStatesOf } from "../topology/instance.ts";
import type { Store } from "./contract.ts";

const NOW = Date.UTC(2026, 0, 1, 12);

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open({ clock: () => NOW });
	await store.inventory.save(
		["db1", "db2"].map((host) => seen(host, { clusterName: "db1:3306" }, NOW)),
	);
});
afterEach(() => stores.remove());

const GREATEST = "18446744073709551615";

it.each<[string, string]>([
	["no date", "last_seen = '0000-00-00 00:00:00'"],
	[
		"no dates at all",
		"last_seen = '0000-00-00 00:00:00', last_checked = '0000-00-00 00:00:00', last_attempted_check = '0000-00-00 00:00:00'",
	],
	["never seen", "last_seen = NULL"],
	["the last of all times", "last_seen = '2038-01-19 03:14:07'"],
	[
		"numbers that JavaScript rounds",
		`binary_log_pos = ${GREATEST}, read_master_log_pos = ${GREATEST}, seconds_behind_master = ${GREATEST}, slave_lag_seconds = ${GREATEST}, semi_sync_master_timeout = ${GREATEST}`,
	],
	[
		"no lag, and states that there are not",
		"seconds_behind_master = NULL, slave_lag_seconds = NULL, replication_io_thread_state = -128, replication_sql_thread_state = 127",
	],
	[
		"no JSON where lists are",
		"slave_hosts = '[{', replication_group_members = 'null'",
	],
	["a source with an odd name", "master_host = '//', master_port = 65535"],
	["a cluster without a name", "cluster_name = ''"],
])("a row with %s is read, analysed and written again", async (_, change) => {
	await stores.sql(
		`UPDATE database_instance SET ${change} WHERE hostname = 'db2'`,
	);
	const [, instance] = await store.inventory.all();
	expect(instance?.name).toBe("db2:3306");
	expect(JSON.parse(JSON.stringify(instance))).toEqual(instance);
	for (const snapshot of [
		...(await snapshotsOfStore(store, NOW)),
		...(await doubtfulSnapshots(store, ANALYSIS_DEFAULTS, NOW)),
	])
		analyse(snapshot, ANALYSIS_DEFAULTS);
	if (instance === undefined) return;
	await store.inventory.save([
		{
			...instance,
			uptimeSeconds: 7,
			check: {
				...instance.check,
				outcome: "ok",
				checkedAtMs: NOW + 5_000,
				seenAtMs: NOW + 5_000,
			},
		},
	]);
	expect((await store.inventory.get("db2:3306"))?.uptimeSeconds).toBe(7);
});

it("flags of running threads count, and the states are kept where they tell otherwise", async () => {
	await stores.sql(
		"UPDATE database_instance SET replication_io_thread_state = 0, replication_sql_thread_state = 0, slave_io_running = 1, slave_sql_running = 1 WHERE hostname = 'db1'",
	);
	await stores.sql(
		"UPDATE database_instance SET replication_io_thread_state = 0, replication_sql_thread_state = 0, slave_io_running = 0, slave_sql_running = 0 WHERE hostname = 'db2'",
	);
	const [odd, plain] = await store.inventory.all();
	expect(odd?.replication).toMatchObject({
		receiver: 1,
		applier: 1,
		toldStates: { receiver: 0, applier: 0 },
	});
	expect(odd && threadStatesOf(odd)).toEqual({ receiver: 0, applier: 0 });
	expect(plain?.replication).not.toHaveProperty("toldStates");
});
