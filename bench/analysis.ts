// What the failure analysis costs, without any server or store.

import { analyse, findings } from "../src/analysis/analysis.ts";
import { ANALYSIS_DEFAULTS, factsOf } from "../src/analysis/facts.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import { fleetOf } from "./fleet.ts";
import type { Run } from "./runs.ts";
import { rounded } from "./statistics.ts";

const CLUSTERS = 2_000;
const INSTANCES = 5;
const WARM_UP = 3;

/** One run: the analysis of all clusters, and how much of it is the facts. */
export const measureAnalysis = (count: number): Run[] => {
	const snapshots = snapshotsOf(Date.now());
	const run = () => ({
		analyse_ms: timeOf(() =>
			snapshots.map((each) => analyse(each, ANALYSIS_DEFAULTS)),
		),
		facts_of_it_ms: timeOf(() =>
			snapshots.map((each) => factsOf(each, ANALYSIS_DEFAULTS)),
		),
		findings: snapshots.flatMap((each) =>
			findings(analyse(each, ANALYSIS_DEFAULTS)),
		).length,
	});
	const first = { first_analyse_ms: run().analyse_ms };
	for (let warming = 1; warming < WARM_UP; warming++) run();
	return [first, ...Array.from({ length: count }, run)];
};

const snapshotsOf = (takenAtMs: number): Snapshot[] =>
	fleetOf(CLUSTERS, INSTANCES, takenAtMs).map(({ name, instances }) => ({
		identity: name,
		clusterName: name,
		clusterAlias: name,
		clusterDomain: "",
		takenAtMs,
		instances,
		downtimes: [],
		maintained: [],
		staleCoordinates: [],
	}));

const timeOf = (work: () => unknown): number => {
	const from = performance.now();
	work();
	return rounded(performance.now() - from);
};
