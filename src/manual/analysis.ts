/** Writes the manual's page of analysis codes. `npx tsx src/manual/analysis.ts` renews docs/failure-analysis.md. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { STRUCTURE } from "../analysis/structure.ts";
import { NO_PROBLEM, TAXONOMY } from "../analysis/taxonomy.ts";
import type { RecoveryKind, TaxonomyRow } from "../analysis/taxonomy-row.ts";
import { HELD_BACK, sampleEntry, sampleOf } from "./analysis-samples.ts";

const INTRODUCTION = `# Failure analysis

This page is generated from the table in \`src/analysis/taxonomy.ts\`; do not edit it.

Each instance of a cluster gets exactly one code: the first row of the table that holds. Beside it there may be structure
warnings. The analysis is a pure function of a snapshot of the cluster, the same one in the watcher, in the recovery
workflow, in the API and on the command line; \`baton why\` says of each row why it holds or does not.

- **cannot be reached** means that our own fresh look failed in a way that says something about the server: refused, timed
  out, broken off. A mysqld that answers with an error (access denied, too many connections) lives, and a fault of our own
  side (name resolution, TLS set-up) says nothing about it: neither is ever dead.
- **replicates** means that the applier runs, and the receiver is connected and hears events or heartbeats. A receiver that
  still says "Yes" but has heard nothing for three heartbeat periods does not replicate; only channels with a known heartbeat
  period of at most five seconds are judged so.
- **has lost its source** means that the receiver wants to run and cannot: it tries to connect, it stopped with an error, or
  it is silent as above. A receiver that somebody stopped has lost nothing, and is no evidence.
- **a primary** replicates from nobody, or was detached; **co-primaries** replicate from each other; **an intermediate
  source** is any other server with replicas. A co-primary for which no row of its own holds is looked at as an intermediate
  source.
- **its replicas** are all servers that name it as their source, in whatever state, until they are forgotten. A replica that
  knows its source by another name is counted by the source's UUID.

The column *Action*: **recover** starts a failover where policy allows it (see [operations](operations.md)); **tell**
registers the detection, runs \`OnFailureDetectionProcesses\` and changes nothing; **show** is only shown. **tell**, with
a kind of recovery behind it, is a code on which orchestrator acts: \`IsActionableRecovery\` is true for it as there, but
that recovery is not part of this version of Baton, which says so and changes nothing.

## Codes, in order of priority

The sentences are those that Baton says about a small sample cluster with the failure in question.
\`LockedSemiSyncMaster\` stands before its hypothesis: the reference decides between the two in one row.
`;

const DIFFERENCES = `## Where the codes differ from orchestrator's

- A server that answers with an error, or that we could not look at, is unreachable and not dead.
- \`UnreachableMaster\` and its like hold as well when the check got halfway, where orchestrator finds no problem; and for
  members of replication groups.
- \`UnreachableCoMaster\` is told, not only shown.
- \`AllMasterReplicasNotReplicatingOrDead\` holds as well when all replicas are dead.
- A failure to connect is recognised in the wording of newer servers ("connecting to source"), and in
  \`DeadIntermediateMasterWithSingleReplicaFailingToConnect\` by the state of the receiver and by silence as well.
- An unseen primary is never called locked: what is known of its semi-sync is old.
- MariaDB waits for one acknowledgement, so the semi-sync codes hold for it too.
- An instance under maintenance is analysed and shown; what would recover it is held back.
`;

const ACTIONS: Readonly<Record<RecoveryKind, string>> = {
	primary: "recover",
	"co-primary": "tell (co-primary)",
	intermediate: "tell (intermediate source)",
	"group-member": "tell (group member)",
	"semi-sync": "tell (semi-sync)",
	"make-writable": "tell (make writable)",
	notice: "tell",
	none: "show",
};

/** Whose downtime keeps a recovery from starting and the finding out of `replication-analysis`. */
const setAsideBy = ({ code, aboutReplicas }: TaxonomyRow): string => {
	if (code === NO_PROBLEM.code) return "";
	return aboutReplicas === true
		? "the instance, or all its replicas"
		: "the instance";
};

const row = (each: TaxonomyRow): string =>
	[
		"",
		` \`${each.code}\` `,
		` ${each.when.map((condition) => condition.says).join("; ") || "no other row does"} `,
		` ${ACTIONS[each.recovery]} `,
		` ${sampleOf(each.code).says} `,
		` ${setAsideBy(each)} `,
		"",
	].join("|");

const heldBackRow = ([
	what,
	instances,
	rest,
]: (typeof HELD_BACK)[number]): string => {
	const entry = sampleEntry(instances, rest);
	return `| ${what} | \`${entry.code}\` | ${entry.notActionableBecause || entry.says} |`;
};

/** The whole page, as Markdown. */
export const analysisDocument = (): string =>
	[
		INTRODUCTION,
		"| Code | Holds when | Action | Says, for example | Set aside by a downtime of |",
		"|---|---|---|---|---|",
		...[...TAXONOMY, NO_PROBLEM].map(row),
		"",
		"## Not acted on for lack of evidence\n",
		"| Case | Code | Says |",
		"|---|---|---|",
		...HELD_BACK.map(heldBackRow),
		"",
		"A person who knows better uses `force-master-failover`.\n",
		"## Structure warnings\n",
		"Listed behind the code by `replication-analysis` and in the API's `StructureAnalysis`; never acted on. Members of",
		"replication groups have them too.\n",
		"| Warning | Holds when |",
		"|---|---|",
		...STRUCTURE.map(({ code, says }) => `| \`${code}\` | ${says} |`),
		"",
		DIFFERENCES,
	].join("\n");

/** Samples that no longer show the code that they stand for. */
export const wrongSamples = (): string[] =>
	[...TAXONOMY, NO_PROBLEM]
		.map(({ code }) => [code, sampleOf(code).code])
		.filter(([wanted, found]) => wanted !== found)
		.map(([wanted, found]) => `${wanted} shows ${found}`);

if (process.argv[1] === fileURLToPath(import.meta.url))
	writeFileSync(
		new URL("../../docs/failure-analysis.md", import.meta.url),
		analysisDocument(),
	);
