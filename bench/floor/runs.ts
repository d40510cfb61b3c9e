// One measurement without a manager, on a fresh cluster.

import { setTimeout as delay } from "node:timers/promises";
import { createLab, type Lab } from "../../test/lab/lab.ts";
import { watchLoad } from "../busy.ts";
import { failPrimary } from "../failure-run.ts";
import { integrity } from "../integrity.ts";
import type { BenchOptions } from "../options.ts";
import type { Run } from "../runs.ts";
import { rounded } from "../statistics.ts";
import { takeOver } from "../takeover-run.ts";
import { createFloorRescuer } from "./failover.ts";
import type { FloorRecord } from "./moments.ts";
import { createFloorSwitcher } from "./takeover.ts";

/** A floor that fails is a result too. */
export const floorRun = async (options: BenchOptions): Promise<Run> => {
	const lab = await createLab({ flavor: options.flavor });
	try {
		return options.kind === "takeover"
			? await takeoverRun(lab, options)
			: await failureRun(lab, options);
	} catch (error) {
		return { failed: error instanceof Error ? error.message : String(error) };
	} finally {
		await lab.stop();
	}
};

const failureRun = async (lab: Lab, options: BenchOptions): Promise<Run> => {
	const failure = options.kind === "hang" ? "hang" : "kill";
	const { semiSync, rate, settleMs } = options;
	const topology = await lab.lay({ replicas: 3, semiSync });
	const rescuer = await createFloorRescuer(topology, { failure, semiSync });
	try {
		const busyNow = watchLoad();
		let busyBefore = 0;
		const result = await failPrimary(topology, rescuer, {
			failure,
			rate,
			whenToFail: async () => {
				await delay(settleMs);
				busyBefore = busyNow();
			},
		});
		return {
			...roundedAll(result.record),
			first_write_ms: rounded(result.firstWriteAtMs - result.failedAtMs),
			acked: result.acknowledged,
			busy_before: busyBefore,
			...integrity(result.data, semiSync),
		};
	} finally {
		rescuer.close();
	}
};

const takeoverRun = async (lab: Lab, options: BenchOptions): Promise<Run> => {
	const { semiSync } = options;
	const topology = await lab.lay({ replicas: 3, semiSync });
	const switcher = await createFloorSwitcher(topology, { semiSync });
	try {
		const result = await takeOver(topology, switcher, options);
		return {
			...roundedAll(result.record),
			gap_ms: rounded(result.gapMs),
			total_ms: rounded(result.totalMs),
			acked: result.acknowledged,
			busy_before: result.busyBefore,
			calm_gap_ms: rounded(result.calmGapMs),
			rate: rounded(result.rate),
			...integrity(result.data, true),
		};
	} finally {
		switcher.close();
	}
};

const roundedAll = (record: FloorRecord): Run =>
	Object.fromEntries(
		Object.entries(record).map(([name, value]) => [name, rounded(value)]),
	);
