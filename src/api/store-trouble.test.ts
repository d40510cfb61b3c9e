import { expect, it } from "vitest";
import { serveTemporaryApi } from "../../test/support/temporary-api.ts";
import { temporaryStores } from "../../test/support/temporary-stores.ts";

it("a node whose watchers cannot use the store says so in its health and its metrics", async () => {
	const served = await serveTemporaryApi();
	try {
		const ask = (path: string) => fetch(`${served.address}${path}`);
		const health = async () => (await ask("/api/health")).json();
		const metrics = async () => (await ask("/metrics")).text();
		expect(await health()).toMatchObject({ Code: "OK" });
		expect(await metrics()).toContain("baton_store_trouble 0");
		served.state.storeTrouble = "cannot write to the store: disk full";
		expect(await health()).toMatchObject({
			Code: "ERROR",
			Message: expect.stringContaining("disk full"),
		});
		expect(await metrics()).toContain("baton_store_trouble 1");
	} finally {
		await served.stop();
	}
});

it("a gauge that cannot be read is left out of the metrics, and is back when it can be", async () => {
	const stores = temporaryStores();
	const served = await serveTemporaryApi({}, stores);
	await served.fill();
	try {
		const metrics = async () => {
			const answer = await fetch(`${served.address}/metrics`);
			expect(answer.status).toBe(200);
			return answer.text();
		};
		const known = "baton_instances 3\n";
		expect(await metrics()).toContain(known);
		await stores.sql("ALTER TABLE database_instance RENAME TO out_of_the_way");
		const without = await metrics();
		expect(without).not.toContain("\nbaton_instances ");
		expect(without).toContain("baton_operations_running 0");
		expect(without).toContain("baton_leader 1");
		await stores.sql("ALTER TABLE out_of_the_way RENAME TO database_instance");
		expect(await metrics()).toContain(known);
	} finally {
		await served.stop();
	}
});
