import SqliteFile from "better-sqlite3";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import { unknownInstance } from "../../topology/instance.ts";
import type { Store } from "../contract.ts";
import { databaseInstance } from "../schema/instance-tables.ts";

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const onFile = <T>(use: (file: SqliteFile.Database) => T): T => {
	const file = new SqliteFile(stores.file);
	try {
		return use(file);
	} finally {
		file.close();
	}
};

const lost = {
	...unknownInstance("h", 1).check,
	outcome: "lost" as const,
	checkedAtMs: Date.UTC(2026, 0, 1),
};

/** SQLite keeps any value in any column: another program may have put anything there. */
it("rows of another program never fail a read, whatever they hold", async () => {
	const nonsense = fc.oneof(
		fc.constant(null),
		fc.string(),
		fc.integer(),
		fc.double(),
		fc.constantFrom(
			"{}",
			"[]",
			"[null,1,{}]",
			'{"outcome":7}',
			"0000-00-00 00:00:00",
			"99999",
		),
		fc.uint8Array({ maxLength: 5 }),
	);
	const columns = Object.keys(databaseInstance.columns).slice(2);
	onFile((file) => {
		// The reference's constraints, gone: NULLs everywhere.
		file.exec(
			`drop table database_instance; create table database_instance (hostname varchar(128), port smallint, ${columns.join(", ")}, primary key (hostname, port))`,
		);
	});
	await store.close();
	store = await stores.open();
	await fc.assert(
		fc.asyncProperty(
			fc.array(nonsense, {
				minLength: columns.length,
				maxLength: columns.length,
			}),
			nonsense,
			nonsense,
			async (values, probe, detail) => {
				onFile((file) => {
					file.exec(
						"delete from database_instance; delete from baton_instance",
					);
					file
						.prepare(
							`insert into database_instance values ('h', 1, ${columns.map(() => "?").join(", ")})`,
						)
						.run(values);
					file.exec("pragma ignore_check_constraints = on");
					file
						.prepare(
							"insert or ignore into baton_instance values ('h', 1, '', coalesce(?, ''), coalesce(?, ''))",
						)
						.run(probe, detail);
				});
				const [instance] = await store.inventory.all();
				expect(instance).toMatchObject({ name: "h:1" });
				expect(JSON.parse(JSON.stringify(instance))).toEqual(instance);
				expect(Object.keys(instance ?? {}).sort()).toEqual(
					Object.keys(unknownInstance("h", 1)).sort(),
				);
				await store.clusters.all();
				await store.inventory.save([
					{
						...unknownInstance("h", 1),
						check: lost,
					},
				]);
			},
		),
		{ numRuns: 60 },
	);
});
