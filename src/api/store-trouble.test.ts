import { expect, it } from "vitest";
import { serveTemporaryApi } from "./temporary-api.ts";

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
