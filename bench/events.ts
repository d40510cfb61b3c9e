// What Baton leaves in Temporal: events an hour with clusters that are well, with a finding that stands on each, and when nothing can be
// reached any more; and how large Temporal's file is after a month.

import { setTimeout as delay } from "node:timers/promises";
import { Client, Connection } from "@temporalio/client";
import { documentedDefaults } from "../src/config/keys.ts";
import { QUEUES, SCHEDULES } from "../temporal/names.ts";
import { type BatonProcess, startBaton } from "../test/lab/baton-process.ts";
import { createLab, type Lab } from "../test/lab/lab.ts";
import type { Topology } from "../test/lab/laying.ts";
import type { BenchOptions } from "./options.ts";
import type { Run } from "./runs.ts";
import { bytesInUse, type Recorded, recordedBy } from "./temporal-events.ts";
import { discover, temporalState } from "./watched-cluster.ts";

const HOUR_S = 3_600;
/** A finding that stands and is not to be acted on is told so often from its second hour on. */
const STANDING_TELLINGS_AN_HOUR = 6;
/** Runs of the Schedules are looked at by the day: they are removed after one. */
const HOUSEKEEPING_A_DAY = 1_440;
const DISCOVERY_A_DAY = 288;
const MONTH_DAYS = 30;
/** So many runs say how large one is. */
const SAMPLE_RUNS = 240;
/** Of a Schedule each second, in place of each minute. */
const SAMPLE_SECONDS = 120;

interface Bench {
	readonly baton: BatonProcess;
	readonly client: Client;
	readonly topologies: readonly Topology[];
	readonly seconds: number;
	readonly say: (text: string) => void;
}

export const measureEvents = async (
	options: BenchOptions,
	say: (text: string) => void,
): Promise<Run[]> => {
	const lab = await createLab({ flavor: options.flavor });
	try {
		return [await withBaton(lab, options, say)];
	} finally {
		await lab.stop();
	}
};

const withBaton = async (
	lab: Lab,
	{ runs, seconds }: BenchOptions,
	say: (text: string) => void,
): Promise<Run> => {
	const baton = await startBaton({
		lab,
		// Findings are to stand: nobody mends them.
		config: { RecoverMasterClusterFilters: [] },
	});
	const connection = await Connection.connect({
		address: `127.0.0.1:${temporalState(baton.directory).port}`,
	});
	try {
		const client = new Client({ connection });
		const topologies: Topology[] = [];
		for (let count = 0; count < runs; count++) {
			const topology = await lab.lay({ replicas: 1 });
			await discover({ baton, temporal: client }, topology);
			topologies.push(topology);
		}
		say(`${runs} clusters are watched`);
		return await measure({ baton, client, topologies, seconds, say });
	} finally {
		await connection.close();
		await baton.stop();
	}
};

const measure = async (bench: Bench): Promise<Run> => {
	const { topologies } = bench;
	// What comes with a start is over.
	await delay(10_000);
	const rest = await during(bench, "rest", () => undefined);
	const standing = await during(bench, "standing", () => {
		for (const { primary } of topologies) primary.kill();
	});
	const later = await during(bench, "standing_later", () => undefined);
	const blackout = await during(bench, "blackout", () => {
		for (const { replicas } of topologies)
			for (const replica of replicas) replica.kill();
	});
	const month = await sizeAfterMonth(bench);
	return {
		clusters: topologies.length,
		seconds: bench.seconds,
		...rest,
		...standing,
		...later,
		...blackout,
		// What a telling costs, as often as it is told for good.
		standing_for_long_events_an_hour: Math.round(
			Number(rest["rest_events_an_hour"]) +
				Number(standing["standing_events_a_telling"]) *
					STANDING_TELLINGS_AN_HOUR *
					topologies.length,
		),
		...month,
	};
};

const sum = (recorded: Recorded): number =>
	Object.values(recorded.events).reduce((all, count) => all + count, 0);

/** What is recorded in that time, with what happens at its beginning. */
const during = async (
	{ client, seconds, say }: Bench,
	name: string,
	happens: () => void,
): Promise<Run> => {
	const before = await recordedBy(client);
	happens();
	await delay(seconds * 1_000);
	const after = await recordedBy(client);
	const events = sum(after) - sum(before);
	const tellings = after.tellings - before.tellings;
	const entities =
		(after.events["cluster"] ?? 0) - (before.events["cluster"] ?? 0);
	say(
		`${name}: ${events} events in ${seconds} s, of these ${entities} of entities, which were told of findings ${tellings} times`,
	);
	return {
		[`${name}_events_an_hour`]: Math.round((events * HOUR_S) / seconds),
		[`${name}_entity_events_an_hour`]: Math.round(
			(entities * HOUR_S) / seconds,
		),
		[`${name}_scheduler_events_an_hour`]: Math.round(
			((after.scheduler - before.scheduler) * HOUR_S) / seconds,
		),
		[`${name}_tellings`]: tellings,
		...(tellings === 0
			? {}
			: {
					[`${name}_events_a_telling`]:
						Math.round((entities / tellings) * 10) / 10,
				}),
	};
};

/**
 * A month, scaled: nearly all that is recorded at rest are runs of the Schedules, so they are run faster. Those older than a day are
 * removed; what Temporal records for the Schedules themselves stays for the retention.
 */
const sizeAfterMonth = async (bench: Bench): Promise<Run> => {
	const { baton, say } = bench;
	const atRestKb = bytesInUse(baton.directory) / 1_024;
	const runKb = await growthKb(bench, SAMPLE_RUNS, async () => {
		for (let nth = 0; nth < SAMPLE_RUNS; nth++)
			await bench.client.workflow.execute(SCHEDULES.housekeeping, {
				workflowId: `bench-housekeeping-${nth}`,
				taskQueue: QUEUES.main,
			});
	});
	const scheduledKb = await growthKb(bench, SAMPLE_SECONDS, () =>
		eachSecond(bench, SAMPLE_SECONDS),
	);
	const keptDays = Math.min(
		MONTH_DAYS,
		documentedDefaults().BatonTemporalRetentionDays,
	);
	const runsADay = HOUSEKEEPING_A_DAY + DISCOVERY_A_DAY;
	const monthKb =
		atRestKb +
		runsADay * runKb +
		keptDays * runsADay * Math.max(0, scheduledKb - runKb);
	say(
		`a run of a Schedule takes ${runKb.toFixed(1)} KB, and ${scheduledKb.toFixed(1)} KB with what the Schedule records of it`,
	);
	return {
		run_kb: Math.round(runKb * 10) / 10,
		scheduled_run_kb: Math.round(scheduledKb * 10) / 10,
		file_now_mb: Math.round(atRestKb / 1_024),
		file_after_month_mb: Math.round(monthKb / 1_024),
	};
};

/** By how much the file grows for each. */
const growthKb = async (
	{ baton }: Bench,
	count: number,
	work: () => Promise<void>,
): Promise<number> => {
	const before = bytesInUse(baton.directory);
	await work();
	return (bytesInUse(baton.directory) - before) / 1_024 / count;
};

const eachSecond = async (
	{ client }: Bench,
	seconds: number,
): Promise<void> => {
	const schedule = await client.schedule.create({
		scheduleId: "bench-each-second",
		spec: { intervals: [{ every: "1 s" }] },
		policies: { overlap: "SKIP" },
		action: {
			type: "startWorkflow",
			workflowType: SCHEDULES.housekeeping,
			workflowId: "bench-each-second",
			taskQueue: QUEUES.main,
			args: [],
		},
	});
	await delay(seconds * 1_000);
	await schedule.delete();
};
