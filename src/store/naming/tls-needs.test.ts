import { afterEach, beforeEach, expect, it } from "vitest";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import type { Store } from "../contract.ts";

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

it("keeps one row a server that says whether TLS is required", async () => {
	await store.tlsNeeds.note([
		{ instance: "db1:3306", isRequired: false },
		{ instance: "db2:3307", isRequired: true },
	]);
	await store.tlsNeeds.note([
		{ instance: "db1:3306", isRequired: true },
		{ instance: "db2:3307", isRequired: true },
	]);
	await store.tlsNeeds.note([]);
	expect(
		await stores.sql(
			"SELECT hostname, port, required FROM database_instance_tls ORDER BY hostname",
		),
	).toEqual([
		{ hostname: "db1", port: 3306, required: 1 },
		{ hostname: "db2", port: 3307, required: 1 },
	]);
});
