// Servers for the tests of one file, without a Baton process.

import { afterAll, afterEach, beforeAll } from "vitest";
import type { ServerFlavor } from "../../setup/locate.mjs";
import { createLab, type Lab } from "../lab/lab.ts";
import type { LayOptions, Topology } from "../lab/laying.ts";
import { resetTopology } from "../lab/reset.ts";
import type { LabServer } from "../lab/server.ts";
import type { Relief } from "../lab/trouble.ts";
import { TEST_MS } from "./system.ts";

export interface Laid {
	/** Known from the first test on. */
	lab(): Lab;
	topology(): Topology;
	/** Run after the test, in their order, before the servers are set back. */
	readonly reliefs: Relief[];
}

/**
 * Lays a topology before the tests of the block, and sets it back after each.
 * @param take is given the primary and its replicas
 */
export const layForEach = (
	{ flavor, ...laying }: { readonly flavor: ServerFlavor } & LayOptions,
	take: (primary: LabServer, ...replicas: LabServer[]) => void,
): Laid => {
	let lab: Lab | undefined;
	let topology: Topology | undefined;
	const known = <T>(what: T | undefined): T => {
		if (what === undefined) throw new Error("not laid yet");
		return what;
	};
	beforeAll(async () => {
		lab = await createLab({ flavor });
		topology = await lab.lay(laying);
		take(topology.primary, ...topology.replicas);
	}, TEST_MS);
	afterAll(async () => lab?.stop(), TEST_MS);
	const reliefs: Relief[] = [];
	afterEach(async () => {
		for (const relief of reliefs.splice(0)) await relief();
		await resetTopology(known(topology), laying);
	}, TEST_MS);
	return { lab: () => known(lab), topology: () => known(topology), reliefs };
};
