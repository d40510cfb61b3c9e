/** A watched cluster of servers that tell nonsense: nothing of it ends the look at the others. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { hostileServer } from "../../test/support/hostile-server.ts";
import { clusterOf, sees } from "../../test/support/watched.ts";
import { ANALYSIS_DEFAULTS } from "../analysis/facts.ts";
import { neighboursOf } from "../discovery/neighbours.ts";
import { type Instance, unknownInstance } from "../topology/instance.ts";
import { createNaming } from "./naming.ts";
import { createNotes } from "./notes.ts";

const NOW = Date.UTC(2026, 0, 1, 12);

const SETTINGS = { ...ANALYSIS_DEFAULTS, isSetAside: () => false };

it("is compared, analysed, told and named without failing", () => {
	fc.assert(
		fc.property(
			fc.array(hostileServer, { minLength: 4, maxLength: 4 }),
			fc.array(hostileServer, { minLength: 4, maxLength: 4 }),
			(first, then) => {
				const named = (
					servers: readonly (typeof first)[number][],
				): Instance[] =>
					servers.map((each, index) => ({
						...unknownInstance(`db${index + 1}`, 3306),
						...(each as Partial<Instance>),
					}));
				const cluster = clusterOf(...named(first));
				const tasks: string[] = [];
				const deps = {
					store: {} as never,
					writer: { later: (key: string) => void tasks.push(key) },
					takesRules: () => true,
					nowMs: () => NOW,
					log: { info: () => undefined, warn: () => undefined },
				};
				const naming = createNaming(deps);
				const notes = createNotes(deps);
				for (const instance of [...named(first), ...named(then)]) {
					sees(cluster, instance);
					neighboursOf(instance, () => false);
					cluster.compareGtids();
					notes.stale(cluster.compareStanding(NOW));
					cluster.change(SETTINGS, NOW);
					notes.codes(cluster.codes);
					naming.settle(cluster);
				}
				expect(cluster.instances()).toHaveLength(4);
			},
		),
		{ numRuns: 150 },
	);
});
