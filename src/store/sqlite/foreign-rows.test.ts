/** SQLite holds anything in any column: rows of another program, or of a broken one, must not make a read fail. */
import SqliteFile from "better-sqlite3";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import type { Store } from "../contract.ts";
import { purgeStore } from "../history/housekeeping.ts";
import { TABLES } from "../schema/tables.ts";

const NOW = Date.UTC(2026, 0, 1, 12);

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

/** The tables of these rooms. */
const ROOMS = TABLES.filter((table) =>
	/_tags$|_pool$|^hostname_|^host_attr|_maintenance$|topology_history|last_analysis|changelog|stale_|coordinates_history|^access_token|_downtime$|^candidate|^node_health|^cluster_|^audit$|^database_instance$/.test(
		table.name,
	),
);

const cell = fc.oneof(
	fc.string({ maxLength: 8 }),
	fc.integer(),
	fc.double({ noNaN: true, noDefaultInfinity: true }),
	fc.constantFrom(
		0,
		1,
		-1,
		"",
		"1970-01-01 00:00:00",
		"0000-00-00 00:00:00",
		"2026-13-45 99:99:99",
		"2026-01-01T12:00:00Z",
	),
	fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
);

const reads = async (): Promise<unknown> => {
	const { hostnames } = store;
	const times = await store.topologySnapshots.times();
	return Promise.all([
		store.tags.all(),
		store.tags.of("db1:3306"),
		store.pools.members(0),
		hostnames.resolves(),
		hostnames.unresolves(),
		hostnames.addresses("db1"),
		store.hostAttributes.get("*", "x"),
		store.maintenances.active(NOW),
		store.topologySnapshots.at(times[0] ?? 0, ""),
		store.changelog.changes(),
		store.stalePositions.all(),
		store.accessTokens.isValid("x", "y", 0),
		store.downtimes.active(NOW),
		store.candidates.since(0),
		store.nodes.seenSince(0),
		store.clusters.all(),
		store.audit.page({ page: 0 }),
		store.inventory.all(),
		store.inventory.names(),
		store.inventory.listed(),
	]);
};

it("rows of nonsense are read, recorded and purged without failing", async () => {
	const file = new SqliteFile(stores.file);
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...ROOMS),
			fc.array(fc.option(cell, { nil: null }), {
				minLength: 80,
				maxLength: 80,
			}),
			async (table, cells) => {
				const columns = Object.entries(table.columns)
					.filter(([, spec]) => spec !== "serial")
					.map(([name]) => name);
				// "or ignore": NULL where the schema forbids it, and keys that are taken.
				file
					.prepare(
						`insert or ignore into "${table.name}" (${columns.map((name) => `"${name}"`).join()}) values (${columns.map(() => "?").join()})`,
					)
					.run(cells.slice(0, columns.length));
				expect(await reads()).toHaveLength(20);
			},
		),
		{ numRuns: 200 },
	);
	file.close();
	await store.topologySnapshots.take(NOW);
	await store.changelog.note([{ instance: "db1:3306", analysis: "x" }], NOW);
	await purgeStore(
		store,
		{
			AuditPurgeDays: 7,
			UnseenInstanceForgetHours: 240,
			CandidateInstanceExpireMinutes: 60,
			InstancePoolExpiryMinutes: 60,
			ExpiryHostnameResolvesMinutes: 60,
			AccessTokenExpiryMinutes: 1440,
		},
		NOW,
	);
});
