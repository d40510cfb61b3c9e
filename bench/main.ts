// npm run bench -- <kind>: how fast Baton is on this machine, with real servers.

import { writeFileSync } from "node:fs";
import { locateMariadb, locateMysql } from "../setup/locate.mjs";
import { measureAnalysis } from "./analysis.ts";
import { measureReads } from "./cli-read.ts";
import { compareSides, comparisonRows, comparisonSays } from "./comparison.ts";
import { measureDiscovery } from "./discovery.ts";
import { measureEvents } from "./events.ts";
import { measureGtid } from "./gtid.ts";
import { describeMachine } from "./machine.ts";
import { type BenchOptions, readOptions, UsageError } from "./options.ts";
import { comparedBy } from "./pair.ts";
import { measureCommandLine, measureProbes } from "./probe.ts";
import { measureRelocation } from "./relocation.ts";
import { performRuns, type Run } from "./runs.ts";
import { performTakeovers } from "./second-node.ts";
import { FLOOR_MOMENTS, stagesOf } from "./stages.ts";
import { summarise } from "./statistics.ts";
import { formatMachine, formatSummary, formatTable } from "./table.ts";

const WITH_WRITES: ReadonlySet<BenchOptions["kind"]> = new Set([
	"failover",
	"hang",
	"takeover",
	"relocation",
]);

const say = (text: string): void => {
	process.stdout.write(`${text}\n`);
};

// Servers that were started end with this process: see the lab's exit handler.
for (const signal of ["SIGINT", "SIGTERM"] as const)
	process.once(signal, () => process.exit(130));

try {
	process.exitCode = await bench(readOptions(process.argv.slice(2)));
} catch (error) {
	const isUsage = error instanceof UsageError;
	process.stderr.write(
		`${isUsage ? error.message : ((error as Error).stack ?? error)}\n`,
	);
	process.exitCode = isUsage ? 2 : 1;
}

async function bench(options: BenchOptions): Promise<number> {
	const { kind, flavor } = options;
	const program = flavor === "mysql" ? locateMysql() : locateMariadb();
	const machine = describeMachine(`${flavor} ${program?.version ?? "?"}`);
	say(`${kind}, ${options.runs} ${units(options)}${circumstances(options)}`);
	say(formatMachine(machine));
	say("");
	const runs = await measure(options);
	const failed = runs.filter((run) => run["failed"] !== undefined).length;
	const summary = summarise(runs);
	say("");
	for (const line of formatSummary(summary)) say(line);
	if (!options.secondNode) tellStages(runs);
	tellComparison(kind, runs);
	if (failed > 0) say(`\n${failed} of ${runs.length} runs FAILED, see above`);
	if (options.jsonFile !== undefined)
		writeFileSync(
			options.jsonFile,
			`${JSON.stringify({ kind, flavor, runs, summary, machine, options: given(options) }, null, "\t")}\n`,
		);
	return failed === 0 ? 0 : 1;
}

async function measure(options: BenchOptions): Promise<Run[]> {
	switch (options.kind) {
		case "probe":
			return [
				...(await measureProbes(options)),
				...(await measureCommandLine(options.runs)),
			];
		case "gtid":
			return measureGtid(options.runs);
		case "analysis":
			return measureAnalysis(options.runs);
		case "cli-read":
			return measureReads(options.runs, say);
		case "discovery":
			return measureDiscovery(options, say);
		case "relocation":
			return measureRelocation(options, say);
		case "events":
			return measureEvents(options, say);
		default:
			return options.secondNode
				? performTakeovers(options, say)
				: performRuns(options, say);
	}
}

function units(options: BenchOptions): string {
	if (options.kind === "events") return "clusters";
	return WITH_WRITES.has(options.kind) && !options.secondNode
		? "pairs"
		: "runs";
}

/** Of those kinds that write to a cluster. */
function circumstances(options: BenchOptions): string {
	if (!WITH_WRITES.has(options.kind)) return "";
	return `, ${options.rate} writes/s, ${options.semiSync ? "semi-sync" : "asynchronous"}, ${managersOf(options)}`;
}

function managersOf(options: BenchOptions): string {
	if (options.secondNode)
		return "two nodes, of which the one at work is killed";
	return options.sharedBaton || options.kind === "relocation"
		? "one Baton"
		: "a new Baton for each run";
}

function tellStages(runs: readonly Run[]): void {
	for (const [title, stages] of [
		["where the time goes", stagesOf(runs)],
		["without a manager", stagesOf(runs, FLOOR_MOMENTS)],
	] as const) {
		if (stages.length === 0) continue;
		say("");
		for (const line of formatTable([
			[title, "at (median)", "since before (median)", "(max)"],
			...stages,
		]))
			say(line);
	}
}

function tellComparison(
	kind: BenchOptions["kind"],
	runs: readonly Run[],
): void {
	const comparisons = compareSides(runs, comparedBy(kind));
	if (comparisons.length === 0) return;
	say("");
	for (const line of formatTable(comparisonRows(comparisons))) say(line);
	say("");
	for (const line of comparisonSays(comparisons, runs)) say(line);
}

function given(options: BenchOptions): Run {
	return {
		rate: options.rate,
		semi_sync: String(options.semiSync),
		baton: options.sharedBaton ? "shared" : "new for each run",
		settle_ms: options.settleMs,
		second_node: String(options.secondNode),
	};
}
