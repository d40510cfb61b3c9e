import { afterAll, beforeAll, expect, test } from "vitest";
import { waitUntil } from "../lab/replication.ts";
import { type System, startSystem, TEST_MS } from "./system.ts";

let system: System;

beforeAll(async () => {
	system = await startSystem({
		flavor: "mysql",
		replicas: 2,
		// What is to be explained must stay as it is.
		config: () => ({ RecoverMasterClusterFilters: [] }),
	});
}, TEST_MS);
afterAll(() => system?.stop(), TEST_MS);

/** The text with each field on one line. */
const why = async (): Promise<string> => {
	const { code, stdout, stderr } = await system.baton.command(
		"why",
		system.primary.name,
	);
	expect({ code, stderr }).toMatchObject({ code: 0 });
	return stdout.replaceAll(/\n {14}/g, " ");
};

test(
	"why tells of a dead primary from the store, also when Baton and Temporal are gone",
	async () => {
		const healthy = await why();
		expect(healthy).toContain("; 3 instances\n");
		expect(healthy).toContain("  finding     none\n");
		expect(healthy).toContain("(http, ");

		await system.primary.kill();
		let text = "";
		await waitUntil(
			"a detection in the text",
			async () => {
				text = await why();
				return text.includes("last detections:");
			},
			30_000,
		);
		expect(text).toContain(`DeadMaster on ${system.primary.name}`);
		expect(text).toContain(
			"would NOT start: RecoverMasterClusterFilters does not name this cluster",
		);

		await system.baton.kill();
		system.baton.killTemporal();
		await waitUntil(
			"the node's last word to be old",
			async () => (await why()).includes("NO node tells of itself"),
			30_000,
		);
		text = await why();
		expect(text).toMatch(
			/ {2}checked {5}failed [^\n]* ago: [^\n]*, last seen /,
		);
		expect(text).toContain("  DeadMaster holds\n");
		expect(text).toContain("last detections:\n");
	},
	TEST_MS,
);
