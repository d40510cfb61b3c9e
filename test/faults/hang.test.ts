import { describe, expect, test } from "vitest";
import {
	becomesReadOnly,
	follows,
	newPrimary,
	nothingLost,
	recovered,
	recoveries,
	writable,
} from "../live/findings.ts";
import { createStage } from "../live/stage.ts";
import { FLAVORS, TEST_MS, testOnQuick } from "../live/system.ts";

describe.each(FLAVORS)("a hung %s primary", (flavor) => {
	const stage = createStage({ flavor, replicas: 3 });

	test(
		"is replaced within 15 s; awake again it is read-only within 15 s, and has acknowledged nothing meanwhile",
		async () => {
			const lab = await stage.afresh();
			const { primary, replicas, servers } = lab;
			const writer = await stage.writes({ servers, ratePerSecond: 100 }, 50);
			// Sleeps through the failover with a statement on its way.
			const late = await primary.connect("app");
			primary.pause();
			const answer = late
				.query("INSERT INTO app.writes VALUES (-1, NOW(6), 'late')")
				.then(
					() => "acknowledged",
					() => "refused",
				);
			const next = await newPrimary(lab, primary);
			await writer.waitAcknowledged(50);
			expect((await recovered(lab)).IsSuccessful).toBe(true);
			primary.resume();
			await becomesReadOnly(lab, primary);
			await writer.stop();
			expect(await writable(servers)).toEqual([next]);
			expect(await answer).toBe("refused");
			late.destroy();
			await nothingLost(lab, next, writer.records);
			await follows(
				lab,
				replicas.filter((each) => each !== next),
				next,
			);
			expect(await recoveries(lab)).toHaveLength(1);
		},
		TEST_MS,
	);

	testOnQuick(flavor)(
		"is noticed in the middle of a poll too; a poll that is merely slow is no cause",
		async () => {
			const lab = await stage.afresh({
				config: () => ({
					DetectDataCenterQuery:
						"SELECT IF(@@global.read_only, 'dc', SLEEP(2))",
					MySQLDiscoveryReadTimeoutSeconds: 60,
					// A machine that is busy with tests lets nobody in at once.
					BatonPingDeadlineMilliseconds: 1_000,
				}),
			});
			expect(lab.baton.output()).not.toContain("is suspect");
			lab.primary.pause();
			await newPrimary(lab, lab.primary);
			expect((await recovered(lab)).IsSuccessful).toBe(true);
			lab.primary.resume();
			await becomesReadOnly(lab, lab.primary);
		},
	);
});
