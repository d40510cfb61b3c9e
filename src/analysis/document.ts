/** Writes the manual's page of analysis codes. `npx tsx src/analysis/document.ts` renews docs/failure-analysis.md. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
	type Check,
	type Instance,
	NEVER_CHECKED,
	NO_REPLICATION,
	unknownInstance,
} from "../topology/instance.ts";
import { type AnalysisEntry, analyse } from "./analysis.ts";
import { ANALYSIS_DEFAULTS } from "./facts.ts";
import type { StructureWarning } from "./structure.ts";
import {
	type AnalysisCode,
	NO_PROBLEM,
	TAXONOMY,
	type TaxonomyRow,
} from "./taxonomy.ts";

const INTRODUCTION = `# Failure analysis

This page is generated from the table in \`src/analysis/taxonomy.ts\`; do not edit it.

Each instance of a cluster gets exactly one code: the first row of the table that holds. Beside it there may be structure
warnings. The analysis is a pure function of a snapshot of the cluster, the same one in the watcher, in the recovery
workflow, in the API and on the command line.

- **cannot be reached** means that our own fresh look failed in a way that says something about the server: refused, timed
  out, broken off. A mysqld that answers with an error (access denied, too many connections) lives, and a fault of our own
  side (name resolution, TLS set-up) says nothing about it: neither is ever a dead primary.
- **replicates** means that the applier runs, and the receiver is connected and hears events or heartbeats. A receiver that
  still says "Yes" but has heard nothing for three heartbeat periods does not replicate; only channels with a known heartbeat
  period of at most five seconds are judged so.
- **has lost its source** means that the receiver wants to run and cannot: it tries to connect, it stopped with an error, or
  it is silent as above. A receiver that somebody stopped has lost nothing, and is no evidence.

The column *Action*: **recover** starts a failover where policy allows it (see [operations](operations.md)); **tell**
registers the detection, runs \`OnFailureDetectionProcesses\` and changes nothing; **show** is only shown.

## Codes, in order of priority

The sentences are those that Baton says about a small sample cluster with the failure in question.
`;

const CHECKED_AT = 1_000_000_000_000;

const CHECKED: Check = {
	...NEVER_CHECKED,
	outcome: "ok",
	checkedAtMs: CHECKED_AT,
	attemptedAtMs: CHECKED_AT,
	seenAtMs: CHECKED_AT,
};

const failed = (outcome: Check["outcome"], error: string): Check => ({
	...CHECKED,
	outcome,
	error,
	seenAtMs: CHECKED_AT - 60_000,
});

const TIMED_OUT = failed("timeout", "no answer within 500 ms");
const DENIED = failed("refused-by-server", "access denied");

const primary = (check: Check = CHECKED): Instance => ({
	...unknownInstance("db1", 3306),
	check,
});

const replica = (
	number: number,
	replication: Partial<Instance["replication"]> = {},
	rest: Partial<Instance> = {},
): Instance => ({
	...unknownInstance(`db${number}`, 3306),
	check: CHECKED,
	replication: {
		...NO_REPLICATION,
		sourceHost: "db1",
		sourcePort: 3306,
		receiver: 1,
		applier: 1,
		...replication,
	},
	...rest,
});

const LOST = { receiver: 2 } as const;
const STOPPED = { receiver: 0 } as const;
const away = (number: number): Instance =>
	replica(number, {}, { check: TIMED_OUT });

/** For each code a cluster whose primary has it. */
const SAMPLES: Readonly<Record<AnalysisCode, readonly Instance[]>> = {
	NoProblem: [primary(), replica(2)],
	DeadMasterWithoutReplicas: [primary(TIMED_OUT)],
	DeadMaster: [primary(TIMED_OUT), replica(2, LOST), replica(3, LOST)],
	DeadMasterAndReplicas: [primary(TIMED_OUT), away(2), away(3)],
	DeadMasterAndSomeReplicas: [primary(TIMED_OUT), replica(2, LOST), away(3)],
	UnreachableMasterWithLaggingReplicas: [
		primary(TIMED_OUT),
		replica(2, {}, { lagSeconds: 60 }),
		replica(3, {}, { lagSeconds: 60 }),
	],
	UnreachableMaster: [primary(TIMED_OUT), replica(2), replica(3, LOST)],
	MasterSingleReplicaNotReplicating: [primary(), replica(2, STOPPED)],
	MasterSingleReplicaDead: [primary(), away(2)],
	AllMasterReplicasNotReplicating: [
		primary(),
		replica(2, STOPPED),
		replica(3, LOST),
	],
	AllMasterReplicasNotReplicatingOrDead: [
		primary(),
		replica(2, STOPPED),
		away(3),
	],
};

/** What is said of the primary of a sample, by the analysis itself. */
const entryOf = (instances: readonly Instance[]): AnalysisEntry => {
	const [entry] = analyse(
		{
			identity: "sample",
			clusterName: "db1:3306",
			clusterAlias: "sample",
			clusterDomain: "",
			takenAtMs: CHECKED_AT,
			instances,
			downtimes: [],
			maintained: [],
			staleCoordinates: [],
		},
		ANALYSIS_DEFAULTS,
	);
	if (entry === undefined) throw new Error("a sample without instances");
	return entry;
};

const ACTIONS: Readonly<Record<TaxonomyRow["recovery"], string>> = {
	primary: "recover",
	notice: "tell",
	none: "show",
};

/** Whose downtime keeps a recovery from starting and the finding out of `replication-analysis`. */
const setAsideBy = ({ code, aboutReplicas }: TaxonomyRow): string => {
	if (code === NO_PROBLEM.code) return "";
	return aboutReplicas === true
		? "the primary, or all its replicas"
		: "the primary";
};

const row = (each: TaxonomyRow): string =>
	`| \`${each.code}\` | ${ACTIONS[each.recovery]} | ${entryOf(SAMPLES[each.code]).says} | ${setAsideBy(each)} |`;

/** Cases in which a code that calls for a recovery, or looks like one, is not acted on. */
const HELD_BACK: readonly (readonly [string, readonly Instance[]])[] = [
	[
		"The receivers were stopped by somebody",
		[primary(TIMED_OUT), replica(2, STOPPED), replica(3, STOPPED)],
	],
	[
		"A replica still hears from the primary",
		[primary(TIMED_OUT), replica(2, LOST), replica(3, { applier: 0 })],
	],
	["The primary answers with an error", [primary(DENIED), replica(2, LOST)]],
];

const heldBackRow = ([what, instances]: (typeof HELD_BACK)[number]): string => {
	const entry = entryOf(instances);
	return `| ${what} | \`${entry.code}\` | ${entry.notActionableBecause || entry.says} |`;
};

const STRUCTURE: Readonly<Record<StructureWarning, string>> = {
	NoLoggingReplicasStructureWarning:
		"a primary with several replicas, none of which logs the changes that it replicates",
	NoFailoverSupportStructureWarning:
		"a primary with several replicas that do not all replicate by GTID",
	ErrantGTIDStructureWarning:
		"a replica has transactions that its source never had",
	NoWriteableMasterStructureWarning: "the primary is read-only",
	NotEnoughValidSemiSyncReplicasStructureWarning:
		"semi-sync is enabled on the primary, is not in force, and has fewer clients than it waits for",
};

/** The whole page, as Markdown. */
export const analysisDocument = (): string =>
	[
		INTRODUCTION,
		"| Code | Action | Says, for example | Set aside by a downtime of |",
		"|---|---|---|---|",
		...[...TAXONOMY, NO_PROBLEM].map(row),
		"",
		"## Not acted on for lack of evidence\n",
		"| Case | Code | Says |",
		"|---|---|---|",
		...HELD_BACK.map(heldBackRow),
		"",
		"A person who knows better uses `force-master-failover`.\n",
		"## Structure warnings\n",
		"Listed behind the code by `replication-analysis` and in the API's `StructureAnalysis`; never acted on.\n",
		"| Warning | Holds when |",
		"|---|---|",
		...Object.entries(STRUCTURE).map(
			([code, says]) => `| \`${code}\` | ${says} |`,
		),
		"",
		"Codes of orchestrator for intermediate sources, co-primaries, group replication and binlog servers are not part of this",
		"version: such servers are watched and shown, and get `NoProblem` where no row above holds.",
		"",
	].join("\n");

/** Samples that no longer show the code that they stand for. */
export const wrongSamples = (): string[] =>
	Object.entries(SAMPLES)
		.map(([code, instances]) => [code, entryOf(instances).code])
		.filter(([wanted, found]) => wanted !== found)
		.map(([wanted, found]) => `${wanted} shows ${found}`);

if (process.argv[1] === fileURLToPath(import.meta.url))
	writeFileSync(
		new URL("../../docs/failure-analysis.md", import.meta.url),
		analysisDocument(),
	);
